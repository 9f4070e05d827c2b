"""The language-model seam: anything that LangChain's `init_chat_model` opens, asked within a time limit.

Wrong configuration is said when the model is opened or first loaded (ModelMisconfigured); a model that is down, slow or talks nonsense is
a ModelError of the request, after which the answer goes without it.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from functools import cached_property
from importlib.util import find_spec
from typing import Any, Protocol

from advisor.errors import ModelError, ModelMisconfigured

# Providers that have an extra of their own: the name that LangChain knows, the package, the extra.
PROVIDERS = {
    "openai": ("openai", "langchain_openai", "openai"),
    "anthropic": ("anthropic", "langchain_anthropic", "anthropic"),
    "ollama": ("ollama", "langchain_ollama", "ollama"),
    "google": ("google_genai", "langchain_google_genai", "google"),
    "google_genai": ("google_genai", "langchain_google_genai", "google"),
}
ENDINGS = {"finish_reason", "status"}  # what the last piece of a streamed reply says in the two protocols of OpenAI
LONGEST_REPLY = 12_000  # characters; more is cut off, and the connection closed


class LanguageModel(Protocol):
    """Anything that continues a conversation of a system message and a user's message."""

    @property
    def name(self) -> str:
        """The name under which answers are signed."""
        ...

    def pieces(self, system: str, prompt: str, *, stream: bool) -> Iterator[str]:
        """The reply, piece by piece or at once. Raises ModelError where the model does not answer, or not in time."""
        ...


class ChatModel:
    """A model of any provider that LangChain supports, with one time limit for a whole reply."""

    def __init__(self, provider: str, model: str, url: str | None = None, key: str | None = None, timeout: float = 60) -> None:
        self._provider, self._package, self._extra = PROVIDERS.get(provider, (provider, "", ""))
        self._model, self._url, self._key, self._timeout = model, url, key, timeout
        self._loading = threading.Lock()
        if self._package and find_spec(self._package) is None:
            raise self._not_installed()

    @property
    def name(self) -> str:
        """The model's name without its provider."""
        return self._model

    def load(self) -> None:
        """Import what the provider needs. Raises ModelMisconfigured where that fails."""
        with self._loading:
            _ = self._chat

    @cached_property
    def _chat(self) -> Any:
        try:
            from langchain.chat_models import init_chat_model
        except ImportError as error:
            raise ModelMisconfigured(f"LangChain does not load: {error}. Install again.") from error
        try:
            return init_chat_model(self._model, model_provider=self._provider, **self._options())
        except ImportError as error:
            raise self._not_installed() from error
        except ValueError as error:
            if "nsupported" in str(error):
                raise ModelMisconfigured(
                    f"ADVISOR_MODEL names the provider {self._provider!r}, which LangChain does not know. Expected one of "
                    f"{', '.join(sorted({extra for *_, extra in PROVIDERS.values()}))}, as in ADVISOR_MODEL=openai:NAME; "
                    "a server that speaks OpenAI's protocol is openai with ADVISOR_MODEL_URL."
                ) from error
            raise self._refused(error) from error
        except Exception as error:
            # Each provider's constructor has errors of its own; whatever it says is about what was set.
            raise self._refused(error) from error

    def _options(self) -> dict[str, Any]:
        """What the provider's constructor is told. Local servers want a key only in form, and answer best without chance."""
        options: dict[str, Any] = {}
        if self._provider != "ollama":
            options |= {"timeout": self._timeout, "max_retries": 0}
        if self._url:
            options |= {"base_url": self._url, "temperature": 0}
        key = self._key or ("none" if self._url and self._provider == "openai" else None)
        return options | ({"api_key": key} if key else {})

    def _not_installed(self) -> ModelMisconfigured:
        what = f"'strategy-advisor[{self._extra}]'" if self._extra else f"langchain-{self._provider.replace('_', '-')}"
        return ModelMisconfigured(
            f"ADVISOR_MODEL is {self._provider}:{self._model}, but what {self._provider} needs is not installed. Run: pip install {what}"
        )

    def _refused(self, error: Exception) -> ModelMisconfigured:
        said = " ".join(str(error).split())[:300]
        return ModelMisconfigured(
            f"The model {self._provider}:{self._model} does not load: {said}. Check ADVISOR_MODEL, ADVISOR_MODEL_URL and ADVISOR_MODEL_KEY."
        )

    def pieces(self, system: str, prompt: str, *, stream: bool) -> Iterator[str]:
        """The reply, piece by piece or at once; the time limit is for the whole of it."""
        self.load()
        arrived: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()
        done = threading.Event()
        deadline = time.monotonic() + self._timeout
        # A thread, since no provider lets its caller wait for the next piece only so long. It ends when the connection does.
        threading.Thread(target=self._fetch, args=(system, prompt, stream, arrived, done), name="language-model", daemon=True).start()
        length = 0
        try:
            while (piece := arrived.get(timeout=_left(deadline))) is not None:
                if isinstance(piece, Exception):
                    said = " ".join(str(piece).split())[:300]
                    raise ModelError(f"The model {self.name} did not answer: {type(piece).__name__}: {said}") from piece
                length += len(piece)
                yield piece
                if length > LONGEST_REPLY:
                    return
        except queue.Empty as error:
            raise ModelTooSlow(
                f"The model {self.name} did not finish in {self._timeout:g} s. Set ADVISOR_MODEL_TIMEOUT higher or take a smaller model."
            ) from error
        finally:
            done.set()

    def _fetch(
        self, system: str, prompt: str, stream: bool, arrived: queue.SimpleQueue[str | Exception | None], done: threading.Event
    ) -> None:
        messages = [("system", system), ("human", prompt)]
        try:
            if not stream:
                arrived.put(str(self._chat.invoke(messages).text))
            else:
                replies = self._chat.stream(messages)
                ended = self._provider != "openai"
                for message in replies:
                    if done.is_set():
                        replies.close()
                        return
                    # A connection that is closed halfway looks like the end, but for the reason that OpenAI's protocol gives at the end.
                    ended = ended or bool(ENDINGS & message.response_metadata.keys())
                    arrived.put(str(message.text))
                if not ended:
                    raise ModelError("the reply broke off")
            arrived.put(None)
        except Exception as error:  # noqa: BLE001  # whatever goes wrong in a provider's package, the question is answered without it
            arrived.put(error)


def _left(deadline: float) -> float:
    """Seconds until a deadline; raises queue.Empty after it, even where pieces are waiting."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise queue.Empty
    return left


class ModelTooSlow(ModelError):
    """The model did not finish within the time limit."""


def open_model(name: str | None, url: str | None = None, key: str | None = None, timeout: float = 60) -> LanguageModel | None:
    """The model of a name such as "openai:gpt-5" or "ollama:llama3.2:3b", or None for no name; nothing is loaded and nobody asked yet.

    Raises ModelMisconfigured for a name of another form, or where the provider's package is not installed.
    """
    if not name:
        return None
    provider, _, model = name.partition(":")
    if not provider.strip() or not model.strip():
        raise ModelMisconfigured(
            f"ADVISOR_MODEL is {name!r}; expected PROVIDER:MODEL, such as ollama:llama3.2 or openai:NAME. Correct the variable or unset it."
        )
    if url is not None and not url.startswith(("http://", "https://")):
        raise ModelMisconfigured(f"ADVISOR_MODEL_URL is {url!r}; expected an address such as http://127.0.0.1:11434/v1. Correct it.")
    return ChatModel(provider.strip().lower(), model.strip(), url, key, timeout)
