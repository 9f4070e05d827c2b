"""Every encoder keeps one contract; a broken model or server is named, with the way out."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections import deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor import Advisor, Settings
from advisor.encoder import BundledEncoder, ServerEncoder, TransformerEncoder, open_encoder
from advisor.encoder.prefixes import prefixes
from advisor.encoder.unit import unit
from advisor.errors import EncoderError, IndexForeign, UsageError

WORDS = "the a bridge river ferry crosses old new stone die brücke fähre alte neue stein über fluss dimension query passage : .".split()
TEXTS = ("the old bridge crosses a river", "die neue fähre über die alte brücke", "stone")
KEY = "key-9f3/Ab+c"


@pytest.fixture(scope="session")
def static(tmp_path_factory):
    """A model of one random vector a word."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(["[UNK]", *WORDS])}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    weights = np.random.default_rng(1).normal(size=(len(WORDS) + 1, 12)).astype(np.float32)
    folder = tmp_path_factory.mktemp("models") / "static"
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="session")
def transformer(tmp_path_factory):
    """A transformer of one small layer with random weights, which reads 16 tokens."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path_factory.mktemp("models") / "transformer"
    words = tmp_path_factory.mktemp("words") / "vocab.txt"
    words.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]), "utf-8")
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(WORDS) + 5, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=16,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    BertTokenizer(str(words), strip_accents=False, model_max_length=16).save_pretrained(folder)
    SentenceTransformer(str(folder), device="cpu").save(str(folder))
    return folder


class Server:
    """An embedding server on this machine; `faults` are answered first, each a status and a body, or seconds of silence."""

    def __init__(self, form, *, key=None, most=64, model="one", noise=0.0):
        self.form, self.key, self.most, self.model, self.noise = form, key, most, model, noise
        self.faults, self.seen = deque(), []
        self.url = ""

    def vector(self, text):
        made = np.random.default_rng(zlib.crc32(f"{self.model}|{text}".encode())).normal(size=16)
        return (made * 3 + np.random.default_rng().normal(size=16) * self.noise).tolist()

    def answer(self, path, data, key):
        self.seen.append((path, data))
        if self.faults:
            return self.faults.popleft()
        if self.key and key != f"Bearer {self.key}":
            return 401, json.dumps({"error": f"wrong key {key}"})
        field = {"openai": "input", "inference": "inputs"}[self.form]
        if path != {"openai": "/v1/embeddings", "inference": "/embed"}[self.form]:
            return 404, "no such path"
        if len(data[field]) > self.most:
            return 413, "batch too large"
        rows = [self.vector(text) for text in data[field]]
        if self.form == "inference":
            return 200, json.dumps(rows)
        entries = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(rows)]
        return 200, json.dumps({"object": "list", "data": entries[::-1], "model": "any"})


@contextmanager
def serving(server):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            given = server.answer(self.path, data, self.headers.get("Authorization"))
            if isinstance(given, float):
                time.sleep(given)
                self.close_connection = True
                return
            status, text = given
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{listener.server_port}"
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


@pytest.fixture
def server():
    with serving(Server("openai")) as opened:
        yield opened


def client(server, **settings):
    return ServerEncoder(server.url, **{"pause": 0, "read": 5, **settings})


@pytest.fixture(params=["bundled", "static", "transformer", "openai", "inference"])
def any_encoder(request, static, transformer):
    name = request.param
    if name == "bundled":
        yield request.getfixturevalue("encoder")
    elif name in ("static", "transformer"):
        yield open_encoder(str({"static": static, "transformer": transformer}[name]), None, None, 2)
    else:
        with serving(Server(name)) as opened:
            yield open_encoder("bundled", opened.url, None, 2)


# The contract.


def test_vectors_are_unit_vectors_of_the_promised_shape(any_encoder):
    vectors = any_encoder.encode_passages(TEXTS, ["en", "de", "en"])
    assert vectors.shape == (3, any_encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    question = any_encoder.encode_question(TEXTS[0], "en")
    assert question.shape == (any_encoder.dimension,)
    assert question.dtype == np.float32
    assert np.isclose(np.linalg.norm(question), 1, atol=1e-5)


def test_no_texts_give_no_vectors(any_encoder):
    assert any_encoder.encode_passages([], []).shape == (0, any_encoder.dimension)


def test_a_question_is_encoded_as_a_passage_alone_where_neither_has_a_prefix(any_encoder):
    alone = any_encoder.encode_passages([TEXTS[1]], ["de"])[0]
    assert np.allclose(any_encoder.encode_question(TEXTS[1], "de"), alone, atol=1e-4)


def test_many_texts_keep_their_order(any_encoder):
    random = np.random.default_rng(7)
    texts = [" ".join(random.choice(WORDS[:16], size=length)) for length in random.integers(1, 9, size=150)]
    vectors = any_encoder.encode_passages(texts, ["en"] * len(texts))
    for at in (0, 63, 64, 65, 149):
        # Int8 scales differ between batches: a little for the same text, far more between texts.
        assert vectors[at] @ any_encoder.encode_question(texts[at], "en") > 0.95
    assert np.argmax(vectors @ any_encoder.encode_question(texts[77], "en")) in [at for at, text in enumerate(texts) if text == texts[77]]


def test_the_fingerprint_stays_and_no_two_are_alike(encoder, static, transformer, server):
    made = [encoder, TransformerEncoder(str(static)), TransformerEncoder(str(transformer)), client(server)]
    again = [BundledEncoder(), TransformerEncoder(str(static)), TransformerEncoder(str(transformer)), client(server)]
    assert [one.fingerprint for one in made] == [one.fingerprint for one in again]
    assert len({one.fingerprint for one in made}) == 4
    assert all(one.name for one in made)


def test_several_threads_get_what_one_gets(any_encoder):
    expected = any_encoder.encode_passages(TEXTS, ["en", "de", "en"])
    found, threads = {}, []
    for number in range(6):

        def work(number=number):
            found[number] = any_encoder.encode_passages(TEXTS, ["en", "de", "en"]), any_encoder.encode_question(TEXTS[2], "en")

        threads.append(threading.Thread(target=work))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all(np.allclose(vectors, expected, atol=1e-4) and question @ expected[2] > 0.95 for vectors, question in found.values())


# What belongs to all of them.


@pytest.mark.parametrize(
    ("name", "question", "passage"),
    [
        ("intfloat/multilingual-e5-small", "query: ", "passage: "),
        ("/models/e5-base-v2", "query: ", "passage: "),
        ("/cache/models--intfloat--e5-small/snapshots/0123e5", "query: ", "passage: "),
        ("intfloat/multilingual-e5-large-instruct", "Instruct: Given a web search query", ""),
        ("BAAI/bge-small-en-v1.5", "Represent this sentence", ""),
        ("BAAI/bge-large-en", "Represent this sentence", ""),
        ("/shelf/e5/bge-m3", "", ""),
        ("BAAI/bge-m3", "", ""),
        ("/home/joe5/all-MiniLM-L6-v2", "", ""),
        ("", "", ""),
    ],
)
def test_prefixes_are_told_by_the_name(name, question, passage):
    found = prefixes(name)
    assert found.question.startswith(question)
    assert bool(found.question) == bool(question)
    assert found.passage == passage


@given(st.lists(st.lists(st.floats(-1e30, 1e30), min_size=3, max_size=3), min_size=1, max_size=5))
def test_any_rows_of_numbers_become_unit_vectors(rows):
    vectors = unit(rows, len(rows), "This test")
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    assert all(np.isclose(length, 1, atol=1e-5) or np.linalg.norm(row) < 1e-150 for length, row in zip(lengths, rows, strict=True))


@pytest.mark.parametrize("rows", [[[1.0]], [[1.0, float("nan")]] * 2, [[1.0], [1.0, 2.0]], [["a"], ["b"]], [[], []], [[None], [1]], None])
def test_anything_else_is_refused(rows):
    with pytest.raises(EncoderError, match="This test gave vectors"):
        unit(rows, 2, "This test")


def test_settings_come_from_the_environment_and_hide_the_key():
    given = {"ADVISOR_ENCODER": "some/model", "ADVISOR_ENCODER_URL": "https://vectors.example/v1", "ADVISOR_ENCODER_KEY": KEY}
    settings = Settings.from_environ(given)
    assert (settings.encoder, settings.encoder_url, settings.encoder_key) == ("some/model", "https://vectors.example/v1", KEY)
    assert KEY not in repr(settings)
    default = Settings.from_environ({"ADVISOR_ENCODER": "", "ADVISOR_ENCODER_URL": ""})
    assert (default.encoder, default.encoder_url, default.encoder_key) == ("bundled", None, None)


def test_opening_loads_no_model_and_asks_no_server(tmp_path):
    code = (
        "import sys; from advisor import Advisor, Settings; from pathlib import Path; index = Path(sys.argv[1]);"
        "Advisor.open(Settings(index=index, encoder='/nowhere/at/all')); Advisor.open(Settings(index=index, encoder='no-such-model'));"
        "Advisor.open(Settings(index=index, encoder_url='http://127.0.0.1:9')).close();"
        "sys.exit(bool({'torch', 'sentence_transformers', 'huggingface_hub', 'httpx', 'onnxruntime'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], timeout=60).returncode == 0


# Another encoder than the index was made with.


@pytest.mark.parametrize("other", ["static", "server"])
def test_an_index_of_another_encoder_is_refused_and_rebuilt(tmp_path, request, other):
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "ferry.md").write_text("# Ferry\n\nThe old ferry crosses the river.\n", "utf-8")
    (papers / "stein.md").write_text("# Stein\n\nDie neue Brücke ist aus Stein.\n", "utf-8")
    bundled = Settings(index=tmp_path / "index", corpus=papers)
    with Advisor.open(bundled) as advisor:
        advisor.sync()
    place = request.getfixturevalue(other)
    chosen = {"encoder": str(place)} if other == "static" else {"encoder_url": place.url}
    with Advisor.open(Settings(index=tmp_path / "index", corpus=papers, **chosen)) as advisor:
        with pytest.raises(IndexForeign, match=rf"{BundledEncoder().name}.*{next(iter(chosen.values()))}.*advisor ingest --rebuild"):
            advisor.search("ferry")
        with pytest.raises(IndexForeign):
            advisor.sync()
        advisor.sync(rebuild=True)
        hit = advisor.search("the old ferry crosses the river", 1)[0]
        assert advisor.document(hit.passage.document).source == "ferry.md"
    with Advisor.open(bundled) as advisor, pytest.raises(IndexForeign, match=BundledEncoder().name):
        advisor.search("ferry")


# Models on this machine.


def copy(model, tmp_path, name="model", **prompts):
    folder = tmp_path / name
    shutil.copytree(model, folder)
    if prompts:
        file = folder / "config_sentence_transformers.json"
        file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "prompts": prompts}), "utf-8")
    return folder


def test_the_models_own_prompts_go_first(static, tmp_path):
    plain = TransformerEncoder(str(static))
    own = TransformerEncoder(str(copy(static, tmp_path, "e5-own", query="old ", document="new ")))
    assert np.allclose(own.encode_question("bridge", "en"), plain.encode_question("old bridge", "en"), atol=1e-6)
    assert np.allclose(own.encode_passages(["bridge"], ["en"])[0], plain.encode_question("new bridge", "en"), atol=1e-6)


def test_a_model_without_prompts_gets_those_of_its_name(static, tmp_path):
    plain = TransformerEncoder(str(static))
    named = TransformerEncoder(str(copy(static, tmp_path, "multilingual-e5-tiny")))
    assert np.allclose(named.encode_question("bridge", "en"), plain.encode_question("query: bridge", "en"), atol=1e-6)
    assert np.allclose(named.encode_passages(["bridge"], ["en"])[0], plain.encode_question("passage: bridge", "en"), atol=1e-6)


def test_the_fingerprint_follows_weights_and_prompts_but_not_the_place(static, tmp_path):
    first = TransformerEncoder(str(static)).fingerprint
    assert TransformerEncoder(str(copy(static, tmp_path, "elsewhere"))).fingerprint == first
    assert TransformerEncoder(str(copy(static, tmp_path, "prompted", query="old "))).fingerprint != first
    assert TransformerEncoder(str(copy(static, tmp_path, "e5"))).fingerprint != first
    changed = copy(static, tmp_path, "changed")
    weights = changed / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert TransformerEncoder(str(changed)).fingerprint != first


def test_a_text_is_read_as_far_as_the_model_reads(transformer):
    encoder = TransformerEncoder(str(transformer))
    read = "stone bridge " * 7  # 14 tokens and the two marks
    long, cut, other = encoder.encode_passages([read + "river " * 500, read, "river " * 14], ["en"] * 3)
    assert np.allclose(long, cut, atol=1e-5)
    assert not np.allclose(long, other, atol=1e-2)


def test_the_threads_of_torch_are_left_as_they_were(static):
    import torch

    before = torch.get_num_threads()
    encoder = TransformerEncoder(str(static), threads=before + 1)
    encoder.encode_passages(TEXTS, ["en", "de", "en"])
    encoder.encode_question(TEXTS[0], "en")
    assert torch.get_num_threads() == before


@pytest.mark.parametrize("name", ["/no/such/folder", "./nothing", "~/nothing-here", "C:\\nothing"])
def test_a_missing_folder_is_named(name):
    with pytest.raises(EncoderError) as caught:
        TransformerEncoder(name).encode_question("bridge", "en")
    assert repr(name) in str(caught.value)
    assert "not a folder" in str(caught.value)
    assert "ADVISOR_ENCODER" in str(caught.value)


@pytest.mark.parametrize(
    ("file", "content"),
    [("model.safetensors", b"nonsense"), ("tokenizer.json", b"{"), ("modules.json", b"["), ("config_sentence_transformers.json", b"[]")],
)
def test_a_broken_model_is_named(static, tmp_path, file, content):
    folder = copy(static, tmp_path)
    (folder / file).write_bytes(content)
    with pytest.raises(EncoderError, match=rf"{folder}.*does not load.*ADVISOR_ENCODER"):
        TransformerEncoder(str(folder)).encode_passages(TEXTS, ["en", "de", "en"])


def test_a_folder_or_a_file_without_weights_is_named(tmp_path):
    with pytest.raises(EncoderError, match=r"no weights.*ADVISOR_ENCODER"):
        _ = TransformerEncoder(str(tmp_path)).fingerprint
    (tmp_path / "file").write_text("text")
    with pytest.raises(EncoderError, match="not a folder"):
        _ = TransformerEncoder(str(tmp_path / "file")).fingerprint


def test_names_are_looked_up_in_the_cache_without_a_network(static, tmp_path):
    held = tmp_path / "models--acme--tiny"
    shutil.copytree(static, held / "snapshots" / ("0" * 40))
    (held / "refs").mkdir()
    (held / "refs" / "main").write_text("0" * 40)
    code = (
        "from advisor.encoder import TransformerEncoder as T; from advisor.errors import EncoderError\n"
        "print(T('acme/tiny').encode_question('bridge', 'en').shape)\n"
        "try: T('acme/unknown').dimension\n"
        "except EncoderError as error: print(error)"
    )
    environ = {**os.environ, "HF_HUB_CACHE": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    environ.pop("SENTENCE_TRANSFORMERS_HOME", None)
    shape, message = subprocess.check_output([sys.executable, "-c", code], env=environ, text=True, timeout=120).splitlines()
    assert shape == "(12,)"
    assert "'acme/unknown'" in message
    assert "hf download acme/unknown" in message
    assert "ADVISOR_ENCODER" in message


# Servers.


def texts_seen(server):
    return [data.get("input") or data.get("inputs") for path, data in server.seen]


@pytest.mark.parametrize("form", ["openai", "inference"])
@pytest.mark.parametrize("tail", ["", "/", "/v1", "/v1/embeddings", "/embed"])
def test_the_form_is_found_by_asking_and_only_once(form, tail):
    with serving(Server(form)) as server:
        fits = tail in ("", "/") or (form == "inference") == (tail == "/embed")
        encoder = ServerEncoder(server.url + tail, "some-model", pause=0)
        if not fits:
            with pytest.raises(EncoderError, match="no embedding endpoint"):
                encoder.encode_question("bridge", "en")
            return
        encoder.encode_passages(TEXTS, ["en", "de", "en"])
        asked = len(server.seen)
        encoder.encode_question("bridge", "en")
        assert len(server.seen) == asked + 1
        path, data = server.seen[-1]
        assert (path, data) == (
            ("/v1/embeddings", {"model": "some-model", "input": ["bridge"]})
            if form == "openai"
            else ("/embed", {"inputs": ["bridge"], "truncate": True})
        )


@pytest.mark.parametrize("status", [404, 405, 422])
def test_each_of_three_refusals_leads_on(server, status):
    server.faults.append((status, "not here"))
    assert client(server).dimension == 16


def test_batches_hold_at_most_64_texts_and_fewer_where_the_server_wants(server):
    client(server).encode_passages(["bridge"] * 130, ["en"] * 130)
    assert [len(texts) for texts in texts_seen(server)[2:]] == [64, 64, 2]
    server.most, server.seen = 32, []
    vectors = client(server).encode_passages([f"bridge {n}" for n in range(70)], ["en"] * 70)
    assert [len(texts) for texts in texts_seen(server)[2:]] == [64, 32, 32, 6]
    assert np.allclose(vectors[69], client(server).encode_question("bridge 69", "en"), atol=1e-6)


def test_the_model_is_named_and_gets_its_prefixes(server):
    encoder = open_encoder("intfloat/e5-small", server.url, None, 1)
    encoder.encode_question("bridge", "en")
    assert server.seen[-1][1] == {"model": "intfloat/e5-small", "input": ["query: bridge"]}
    encoder.encode_passages(["bridge"], ["en"])
    assert server.seen[-1][1]["input"] == ["passage: bridge"]
    assert encoder.name == f"intfloat/e5-small at {server.url}"


def test_the_fingerprint_follows_the_model_but_not_the_noise(server):
    first = client(server).fingerprint
    server.noise = 1e-4
    assert client(server).fingerprint == first
    assert client(server, model="other").fingerprint != first
    server.noise, server.model = 0.0, "two"
    assert client(server).fingerprint != first


def test_the_key_is_sent_and_never_shown():
    with serving(Server("openai", key=KEY)) as server:
        assert client(server, key=KEY).dimension == 16
        with pytest.raises(EncoderError, match=r"401.*ADVISOR_ENCODER_KEY") as caught:
            client(server, key=f"wrong{KEY}").encode_question("bridge", "en")
        assert KEY not in str(caught.value)
        with pytest.raises(EncoderError, match=r"401.*ADVISOR_ENCODER_KEY"):
            client(server).encode_question("bridge", "en")
    with pytest.raises(UsageError, match="ADVISOR_ENCODER_KEY") as refused:
        ServerEncoder("http://127.0.0.1:9", key=f"{KEY}\n")
    assert KEY not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["ftp://host/", "file:///etc", "host:8080", "", "http://", "http://host:port", "http://[::1", "http://a b", "https://host/?v=1"]
)
def test_only_addresses_of_the_web_are_taken(url):
    with pytest.raises(UsageError, match=r"ADVISOR_ENCODER_URL.*http"):
        ServerEncoder(url)


@pytest.mark.parametrize("url", ["http://user:secret@host/", "user:secret@host", "https://host/?key=secret", "https://host/#secret"])
def test_secrets_in_the_address_are_refused_and_not_repeated(url):
    with pytest.raises(UsageError) as caught:
        ServerEncoder(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("fault", [(500, "down"), (503, "busy"), (429, "slow down")])
def test_a_failure_that_passes_is_not_seen(server, fault):
    server.faults.extend([fault, fault])
    assert client(server).encode_question("bridge", "en").shape == (16,)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ((500, "the model fell over"), r"answered 500.*the model fell over.*Try again later"),
        ((429, "slow down"), r"answered 429.*slow down"),
        ((400, "no model given"), r"answered 400.*no model given.*ADVISOR_ENCODER"),
        ((301, ""), r"answered 301.*ADVISOR_ENCODER_URL"),
        ((413, "too long"), r"answered 413"),
        ((404, "model unknown"), r"no embedding endpoint.*model unknown.*ADVISOR_ENCODER"),
        ((200, "{"), r"something else than embeddings"),
        ((200, "<html>"), r"something else than embeddings"),
        ((200, "[" * 100_000), r"something else than embeddings"),
        ((200, '{"data": [{"index": 0, "embedding": [1]}, {"index": 0, "embedding": [2]}]}'), r"something else than embeddings"),
        ((200, '{"data": [{"index": 0, "embedding": [NaN, 1]}, {"index": 1, "embedding": [1, 1]}]}'), r"NaN"),
        ((200, '{"data": [{"index": 0, "embedding": "AAAA"}, {"index": 1, "embedding": "AAAA"}]}'), r"not rows of numbers"),
        ((200, '{"data": [{"index": 0, "embedding": [1, 0]}]}'), r"shape \(1, 2\) for 2 texts"),
        ((200, '{"data": []}'), r"for 2 texts"),
    ],
)
def test_a_failing_server_is_named_with_what_it_said(server, fault, message):
    server.faults.extend([fault] * 9)
    with pytest.raises(EncoderError, match=message) as caught:
        client(server).encode_question("bridge", "en")
    assert server.url in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(server.seen) <= 3


def test_tries_are_spaced_out(server):
    server.faults.extend([(500, "down")] * 2)
    begin = time.perf_counter()
    assert client(server, pause=0.1).dimension == 16
    assert time.perf_counter() - begin > 0.29


def test_faults_after_a_good_start(server):
    encoder = client(server)
    assert encoder.dimension == 16
    one = '{"data": [{"index": 0, "embedding": [1, 0]}]}'
    server.faults.append((200, one))
    with pytest.raises(EncoderError, match=r"dimension 2 after 16.*advisor ingest --rebuild"):
        encoder.encode_question("bridge", "en")
    server.faults.append((200, one))
    with pytest.raises(EncoderError, match=r"shape \(1, 2\) for 3 texts"):
        encoder.encode_passages(TEXTS, ["en", "de", "en"])
    server.faults.append((404, "gone"))
    with pytest.raises(EncoderError, match=r"answered 404.*gone"):
        encoder.encode_question("bridge", "en")
    assert encoder.encode_question("bridge", "en").shape == (16,)


def test_a_silent_server_is_named_in_time(server):
    server.faults.append(1.0)
    begin = time.perf_counter()
    with pytest.raises(EncoderError, match=r"does not answer: no answer in time.*ADVISOR_ENCODER_URL"):
        client(server, read=0.1).encode_question("bridge", "en")
    assert time.perf_counter() - begin < 0.9


def test_a_connection_that_breaks_is_tried_again(server):
    server.faults.append(0.0)
    assert client(server).dimension == 16


def test_a_refused_connection_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(EncoderError, match=r"does not answer.*refused.*ADVISOR_ENCODER_URL") as caught:
            ServerEncoder(url, pause=0).encode_passages(TEXTS, ["en", "de", "en"])
    assert url in str(caught.value)
