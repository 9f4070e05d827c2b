"""Enumerations: what is a list, where its items begin and end, and what is none. All sentences are invented."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.documents.model import Block, Document, Work
from advisor.factors import Enumeration, find
from advisor.text import Span

_ITEM = re.compile(r"( *)(\d+\.|[-*•]|[a-z]\)) (.*)", re.DOTALL)


def make_document(*lines: str, language: str = "de") -> Document:
    """A document with one block for each line: "# heading", "1. item", "  - nested item", else a paragraph."""
    text, blocks = "", []
    for line in lines:
        kind, level, marker, content = "paragraph", 0, "", line
        if line.startswith("#"):
            kind, level, content = "heading", line.count("#"), line.lstrip("# ")
        elif match := _ITEM.fullmatch(line):
            kind, level, marker, content = "item", len(match[1]) // 2 + 1, match[2], match[3]
        blocks.append(Block(kind, Span(len(text), len(text) + len(content)), level, marker))
        text += content + "\n\n"
    return Document("work.md", "0" * 64, "text/markdown", language, Work("key", "Title"), text, (), tuple(blocks))


def items(document: Document, enumeration: Enumeration) -> list[str]:
    return [factor.span.of(document.text) for factor in enumeration.factors]


def only(document: Document) -> Enumeration:
    found = find(document)
    assert len(found) == 1, [items(document, e) for e in found]
    return found[0]


def lists(*lines: str, language: str = "de") -> list[list[str]]:
    document = make_document(*lines, language=language)
    return [items(document, e) for e in find(document)]


# Item blocks


def test_the_list_of_a_digest_is_whole_and_carries_its_lead_in_section_and_claim():
    document = make_document(
        "# Launching a ferry line",
        "## What the harbour master asks for",
        "Berg and colleagues (2011) name three conditions for a launch:",
        "1. Money: a budget that is secured for two seasons.",
        "2. Crew: enough people for every shift.",
        "3. Patience: time until the line is known, as p. 17 says.",
        "Further sentences follow.",
        language="en",
    )
    found = only(document)
    assert found.lead.of(document.text) == "Berg and colleagues (2011) name three conditions for a launch:"
    assert items(document, found) == [
        "Money: a budget that is secured for two seasons",
        "Crew: enough people for every shift",
        "Patience: time until the line is known, as p. 17 says",
    ]
    assert [factor.position for factor in found.factors] == [1, 2, 3]
    assert (found.n, found.claimed, found.style, found.page_reference) == (3, 3, "numbered", None)
    assert found.section == "What the harbour master asks for"


def test_without_a_number_in_the_source_none_is_claimed():
    found = only(make_document("Die Werft nennt diese Gründe:", "- hohe Kosten,", "- wenig Zeit und", "- fehlender Mut."))
    assert (found.n, found.claimed, found.style) == (3, None, "bulleted")


def test_separators_of_the_enumeration_are_no_part_of_the_items():
    assert lists("Nötig sind:", "- ein Etat,", "- ein Team; und", "- und ein Plan.") == [["ein Etat", "ein Team", "ein Plan"]]


def test_a_nested_run_is_led_in_by_its_parent_which_keeps_only_its_own_text():
    document = make_document(
        "Der Plan hat drei Teile:", "1. Kanäle", "  - Briefe", "  - Plakate", "2. Leute", "  a) Lehrlinge", "  b) Meister", "3. Geld"
    )
    outer, channels, people = find(document)
    assert items(document, outer) == ["Kanäle", "Leute", "Geld"]
    assert (channels.lead.of(document.text), items(document, channels)) == ("Kanäle", ["Briefe", "Plakate"])
    assert (people.lead.of(document.text), items(document, people)) == ("Leute", ["Lehrlinge", "Meister"])


def test_the_heading_leads_in_where_no_paragraph_does():
    document = make_document("# Sieben Häfen", "## Vier Regeln", "- Hören", "- Reden", "- Warten", "- Handeln")
    found = only(document)
    assert (found.lead.of(document.text), found.section, found.claimed) == ("Vier Regeln", "Vier Regeln", 4)


def test_a_long_paragraph_leads_in_with_its_last_sentence():
    long = "Die Werft liegt am Fluss und baut seit langem Schiffe aus Holz und Stahl. " * 5
    document = make_document("# Die Werft", long + "Sie verlangt zwei Dinge:", "- Ruhe", "- Mut")
    assert only(document).lead.of(document.text) == "Sie verlangt zwei Dinge:"


def test_a_long_paragraph_that_announces_nothing_leaves_the_lead_to_the_heading():
    long = "Die Werft liegt am Fluss und baut seit langem Schiffe aus Holz und Stahl. " * 5
    document = make_document("# Grundsätze der Werft", long, "- Ruhe", "- Mut")
    assert only(document).lead.of(document.text) == "Grundsätze der Werft"


def test_without_paragraph_and_heading_the_lead_is_empty():
    found = only(make_document("- Ruhe", "- Mut"))
    assert found.lead.start == found.lead.end
    assert found.section == ""


def test_numbering_that_begins_anew_begins_a_new_list():
    assert lists("Erst:", "1. A-Deck", "2. B-Deck", "Dann:", "1. C-Deck", "2. D-Deck") == [["A-Deck", "B-Deck"], ["C-Deck", "D-Deck"]]
    assert lists("Erst:", "1. A-Deck", "2. B-Deck", "1. C-Deck", "2. D-Deck") == [["A-Deck", "B-Deck"], ["C-Deck", "D-Deck"]]


def test_items_that_are_all_called_one_are_one_list():
    assert lists("Die Decks:", "1. oben", "1. mitten", "1. unten") == [["oben", "mitten", "unten"]]


def test_a_numbered_list_goes_on_after_a_paragraph_inside_it():
    assert lists("Die Decks:", "1. oben", "Das Oberdeck ist neu.", "2. mitten", "3. unten") == [["oben", "mitten", "unten"]]


def test_bullets_after_a_paragraph_are_another_list():
    assert lists("Oben:", "- Mast", "- Segel", "Unten:", "- Kiel", "- Ruder") == [["Mast", "Segel"], ["Kiel", "Ruder"]]


def test_one_item_alone_is_no_list():
    assert lists("Die Decks:", "1. oben") == []


def test_a_page_in_the_lead_or_at_the_end_of_the_last_item_is_the_page_of_the_list():
    assert only(make_document("Krüll (S. 12) nennt:", "- Ruhe", "- Mut")).page_reference == "12"
    assert only(make_document("Krüll nennt:", "- Ruhe", "- Mut (Seite 31)")).page_reference == "31"


# Lists inside a sentence

HARBOUR = (
    'In dem Band "Mut zum Markt" nennt Jana Krüll weitere zentrale Bedingungen für einen gelungenen Marktstart:hinreichende über '
    "mindestens fünf Jahre zugesagte Finanzierung und hinreichende Fachkräfte, ein verbindliches Vorstandsmandat, Neugier und "
    "Beharrlichkeit, eine genaue Aufgabenteilung und die sorgfältige Prüfung und Fortschreibung der Abläufe (Seite 42)."
)


def test_a_list_after_a_colon_without_space_is_whole_with_pairs_kept_and_its_page():
    document = make_document("# Märkte", "Der Band ist neu. " + HARBOUR)
    found = only(document)
    assert items(document, found) == [
        "hinreichende über mindestens fünf Jahre zugesagte Finanzierung",
        "hinreichende Fachkräfte",
        "ein verbindliches Vorstandsmandat",
        "Neugier und Beharrlichkeit",
        "eine genaue Aufgabenteilung",
        "die sorgfältige Prüfung und Fortschreibung der Abläufe",
    ]
    assert found.lead.of(document.text) == HARBOUR[: HARBOUR.index(":hin") + 1]
    assert (found.page_reference, found.claimed, found.style, found.section) == ("42", None, "running", "Märkte")


RUNNING = [
    # after a colon, German
    ("Zwei Dinge zählen: ein Etat und ein Plan.", ["ein Etat", "ein Plan"]),
    ("Zwei Dinge zählen: Geld und Geduld.", ["Geld", "Geduld"]),
    ("Wichtige Faktoren sind vor allem: Geld und Zeit.", ["Geld", "Zeit"]),
    ("Krüll nennt drei Ziele: Wachstum, Gewinn und Ruhm.", ["Wachstum", "Gewinn", "Ruhm"]),
    (
        "Das Heft nennt fünf Voraussetzungen:ein Etat, ein Team, ein Plan, Mut und Ausdauer sowie eine Frist.",
        ["ein Etat", "ein Team", "ein Plan", "Mut und Ausdauer", "eine Frist"],
    ),
    (
        "Fünf Ziele stehen fest: Umsatz (Inland, Ausland), Gewinn, Ruhm, Treue (Kunden, Partner) und Ruhe.",
        ["Umsatz (Inland, Ausland)", "Gewinn", "Ruhm", "Treue (Kunden, Partner)", "Ruhe"],
    ),
    (
        'Drei Regeln gelten: "Erst hören, dann reden", "Nie lügen, nie drohen" und „Fehler zugeben“.',
        ['"Erst hören, dann reden"', '"Nie lügen, nie drohen"', "„Fehler zugeben“"],
    ),
    (
        "Drei Anteile fallen auf: 7,6 % im Handel, 8,1 % im Handwerk und 9 % bei Banken.",
        ["7,6 % im Handel", "8,1 % im Handwerk", "9 % bei Banken"],
    ),
    (
        "Wir sehen drei Hürden: zu wenig Personal, zu hohe Kosten und eine Leitung, die zögert.",
        ["zu wenig Personal", "zu hohe Kosten", "eine Leitung, die zögert"],
    ),
    (
        "Drei Gründe sprechen dafür: Das Geld reicht, die Leute sind da, und die Zeit drängt.",
        ["Das Geld reicht", "die Leute sind da", "die Zeit drängt"],
    ),
    (
        "Drei Bedingungen gelten: dass Geld da ist, dass Zeit bleibt und dass jemand führt.",
        ["dass Geld da ist", "dass Zeit bleibt", "dass jemand führt"],
    ),
    (
        "Drei Fragen stellen sich: Was wollen wir, wer hilft uns und wie messen wir das?",
        ["Was wollen wir", "wer hilft uns", "wie messen wir das"],
    ),
    (
        "Vier Schritte führen zum Ziel: Themen und Formate sammeln, Rollen klären, Mittel sichern und Erfolge messen.",
        ["Themen und Formate sammeln", "Rollen klären", "Mittel sichern", "Erfolge messen"],
    ),
    (
        "Nötig sind drei Dinge: Ein- und Ausgänge, ein klares, messbares Ziel und genug Geld.",
        ["Ein- und Ausgänge", "ein klares, messbares Ziel", "genug Geld"],
    ),
    (
        "Der Plan nennt drei Gruppen: Lehrlinge und Gesellen, Meister und Meisterinnen, Rentner und Gäste.",
        ["Lehrlinge und Gesellen", "Meister und Meisterinnen", "Rentner und Gäste"],
    ),
    (
        "Drei Gründe: hohe Kosten, etwa für Löhne, Strom und Miete; wenig Zeit; und geringe Nachfrage.",
        ["hohe Kosten, etwa für Löhne, Strom und Miete", "wenig Zeit", "geringe Nachfrage"],
    ),
    ("Das Handbuch nennt folgende Werkzeuge: Kalender, Redaktionsplan, Leitfaden usw.", ["Kalender", "Redaktionsplan", "Leitfaden"]),
    ('"Wir brauchen drei Dinge: Geld, Zeit und Geduld", sagt Berg.', ["Geld", "Zeit", "Geduld"]),
    ("Es gibt zwei Wege: Man kauft ein Schiff, oder man mietet eins.", ["Man kauft ein Schiff", "man mietet eins"]),
    (
        "Laut Haber hängt der Erfolg an fünf Voraussetzungen: einer klaren Botschaft, einem festen Redaktionsteam, kurzen Wegen, Humor und "
        "Gelassenheit sowie einem Notfallplan.",
        ["einer klaren Botschaft", "einem festen Redaktionsteam", "kurzen Wegen", "Humor und Gelassenheit", "einem Notfallplan"],
    ),
    (
        "Benötigt werden: ein Konzept, zwei Mitarbeiter, 5.000 Euro im Monat und die Zustimmung des Betriebsrats.",
        ["ein Konzept", "zwei Mitarbeiter", "5.000 Euro im Monat", "die Zustimmung des Betriebsrats"],
    ),
    ("Drei Dinge fehlen: Geld, Zeit und, vor allem, Geduld.", ["Geld", "Zeit", "vor allem, Geduld"]),
    # after a colon, English
    ("Growth rests on five conditions: money, staff, patience, law and luck.", ["money", "staff", "patience", "law", "luck"]),
    ("She gives two reasons: the price and the place.", ["the price", "the place"]),
    ("The launch needs: a budget, a team, and a plan.", ["a budget", "a team", "a plan"]),
    ("Success depends on three things: money, time, and patience, says Krüll.", ["money", "time", "patience"]),
    (
        "Berg names further conditions for a good launch: sufficient funding secured for at least two years and sufficient staff, a clear "
        "mandate, curiosity and stamina, a precise division of labour and the careful review and renewal of routines (p. 42).",
        [
            "sufficient funding secured for at least two years",
            "sufficient staff",
            "a clear mandate",
            "curiosity and stamina",
            "a precise division of labour",
            "the careful review and renewal of routines",
        ],
    ),
    (
        "Success needs four things: clear goals and enough staff, a fixed budget, patience and trust.",
        ["clear goals", "enough staff", "a fixed budget", "patience and trust"],
    ),
    (
        "Weiß names five conditions: long-term funding and a seasoned team, backing from the board, curiosity and stamina, and clean "
        "reports.",
        ["long-term funding", "a seasoned team", "backing from the board", "curiosity and stamina", "clean reports"],
    ),
    (
        "Six factors: research and development, marketing, sales and service, law, finance, and supply and demand.",
        ["research and development", "marketing", "sales and service", "law", "finance", "supply and demand"],
    ),
    (
        "Three questions arise: what do we want, who will help us, and how do we measure it?",
        ["what do we want", "who will help us", "how do we measure it"],
    ),
    (
        "Three shares stand out: 1,892 firms, 300 shops and 12.5 % of banks.",
        ["1,892 firms", "300 shops", "12.5 % of banks"],
    ),
    ("Four rules apply: be active, be kind, be brief, and be honest.", ["be active", "be kind", "be brief", "be honest"]),
    # a number and a list noun
    ("Das Modell kennt die vier Phasen Planung, Aufbau, Betrieb und Rückzug.", ["Planung", "Aufbau", "Betrieb", "Rückzug"]),
    ("Die vier Phasen Planung, Aufbau, Betrieb und Rückzug bilden den Kern.", ["Planung", "Aufbau", "Betrieb", "Rückzug"]),
    ("Das Modell hat drei Stufen, nämlich Hören, Reden und Helfen.", ["Hören", "Reden", "Helfen"]),
    ("Drei Dinge fehlen – Geld, Zeit und Mut –, sagt sie.", ["Geld", "Zeit", "Mut"]),
    ("The five conditions money, staff, patience, law and luck must be met.", ["money", "staff", "patience", "law", "luck"]),
    ("The model has four dimensions (scope, culture, structure and trust) and many users.", ["scope", "culture", "structure", "trust"]),
    ("Scope, culture, structure and trust are the four dimensions of the model.", ["Scope", "culture", "structure", "trust"]),
    ("Die drei Werte sind 7,6 %, 8,1 % und 9 %.", ["7,6 %", "8,1 %", "9 %"]),
    ("Sie hat drei Pflichten, nämlich zu planen, zu entscheiden und zu prüfen.", ["zu planen", "zu entscheiden", "zu prüfen"]),
    # examples
    ("The firm runs channels such as blogs, forums and podcasts.", ["blogs", "forums", "podcasts"]),
    ("Channels such as blogs, forums, and wikis, need care.", ["blogs", "forums", "wikis"]),
    ("Der Verein nutzt Kanäle wie etwa Blogs, Foren und Podcasts.", ["Blogs", "Foren", "Podcasts"]),
    ("Vieles spricht dafür, darunter der Preis, die Lage und das Personal.", ["der Preis", "die Lage", "das Personal"]),
    # verbs
    ("Die Autorin nennt ein klares, messbares Ziel, einen festen Etat und ein kleines Team.",
     ["ein klares, messbares Ziel", "einen festen Etat", "ein kleines Team"]),
    ("In ihrem Buch nennt die Autorin ein klares Ziel, einen festen Etat und ein kleines Team.",
     ["ein klares Ziel", "einen festen Etat", "ein kleines Team"]),
    ("Der Start verlangt ein Budget, ein Team und einen Plan.", ["ein Budget", "ein Team", "einen Plan"]),
    ("Zu den Voraussetzungen gehören Geld, Zeit und Geduld.", ["Geld", "Zeit", "Geduld"]),
    ("Das Angebot umfasst Kurse, Bücher und Reisen.", ["Kurse", "Bücher", "Reisen"]),
    ("The plan names a clear goal, a fixed budget, and a small team.", ["a clear goal", "a fixed budget", "a small team"]),
    ("The framework comprises planning, building, running and leaving.", ["planning", "building", "running", "leaving"]),
    ("The main factors are money, people and time.", ["money", "people", "time"]),
    (
        "Als wesentliche Hürden gelten fehlendes Wissen und fehlende Zeit, ein unklarer Nutzen und die Angst vor Kritik.",
        ["fehlendes Wissen", "fehlende Zeit", "ein unklarer Nutzen", "die Angst vor Kritik"],
    ),
    ("Mehrere Branchen, darunter Handel, Banken und Tourismus, nutzen das Netz.", ["Handel", "Banken", "Tourismus"]),
    (
        "The plan requires setting goals and measuring results, training the staff, and reviewing the budget.",
        ["setting goals", "measuring results", "training the staff", "reviewing the budget"],
    ),
    # clauses that end in an infinitive
    (
        "So lassen sich etwa Bedarfe ermitteln, Bindungen festigen und Fürsprecher gewinnen sowie Neuerungen vorantreiben.",
        ["Bedarfe ermitteln", "Bindungen festigen", "Fürsprecher gewinnen", "Neuerungen vorantreiben"],
    ),
    (
        "So lassen sich etwa im Gespräch mit den Gästen deren Wünsche besser verstehen, durch gute Pflege die Treue stärken und "
        "Fürsprecher gewinnen.",
        ["im Gespräch mit den Gästen deren Wünsche besser verstehen", "durch gute Pflege die Treue stärken", "Fürsprecher gewinnen"],
    ),
    ("Firmen müssen Ziele setzen, Mittel sichern und Leute gewinnen.", ["Ziele setzen", "Mittel sichern", "Leute gewinnen"]),
    ("Dafür müssen Firmen Ziele setzen, Mittel sichern und Leute gewinnen, so Berg.", ["Ziele setzen", "Mittel sichern", "Leute gewinnen"]),
    ("Es gilt, Ziele zu setzen, Mittel zu sichern und Leute zu gewinnen.", ["Ziele zu setzen", "Mittel zu sichern", "Leute zu gewinnen"]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), RUNNING)
def test_a_running_list_is_found_with_all_its_items(sentence, expected):
    document = make_document(sentence)
    found = only(document)
    assert items(document, found) == expected
    assert found.style == "running"


@pytest.mark.parametrize("sentence", [sentence for sentence, _ in RUNNING] + [HARBOUR])
def test_nothing_of_a_running_list_is_lost_between_its_items(sentence):
    document = make_document(sentence)
    found = only(document)
    gaps = [document.text[a.span.end : b.span.start] for a, b in pairwise(found.factors)]
    assert all(re.fullmatch(r"[,;\s]*(?:und|and|oder|or|sowie|as well as)?,?\s*", gap) for gap in gaps), gaps


NO_LIST = [
    "Sowohl der Preis als auch die Lage sprechen dafür.",
    "Both the price and the place matter, in Bonn as in Kiel.",
    "Die Werte lagen bei 7,6 %, 8,1 % und 9 % im Jahr 2012.",
    "In 2012, 2013 and 2014, sales were flat.",
    "Wer früh beginnt, der gewinnt, wenn er lange genug durchhält, an Ansehen.",
    "Die Stadt wuchs, weil der Hafen lag, wo der Fluss, der lange trocken war, wieder floss.",
    "When the harbour grew, the town, which had been small, built a wall, a mill and a church.",
    "Berg, Dorn und Fink (2010) haben das gezeigt, als noch niemand daran dachte.",
    "Die Studie nennt Berg, Dorn und Fink (2010) als Vorläufer.",
    "Autoren: Berg, Dorn und Fink.",
    "Autoren wie etwa Berg, Dorn und Fink sind bekannt.",
    "Authors such as Berg, Dorn and Fink are known.",
    "Zum Team gehören Anna Berg, Carl Dorn und Eva Fink.",
    "The committee included Anna Berg, Carl Dorn and Eva Fink.",
    "Berg, A. M., Dorn, B. & Fink, C. (2011): Markets, methods and money. Bonn: Nordverlag.",
    "Vgl. Berg, Dorn, Fink: Häfen, Märkte und Menschen, Kiel 2009.",
    "Boston: Harbour Press, 2011, pp. 12-14.",
    "Am 3. März 2014, am 5. Mai 2015 und am 7. Juni 2016 tagte der Rat.",
    "On May 3, 2014, and on June 4, 2015, the board met.",
    "Am 1. Mai, am 2. Juni und am 3. Juli ist geschlossen.",
    "Um 10:30 Uhr, 11:45 Uhr und 12:15 Uhr fahren Züge.",
    "Das Ergebnis war klar: Die Firma wuchs, und der Umsatz stieg.",
    "The result was clear: the firm grew, and sales rose.",
    "Die Ziele waren klar: Man wollte wachsen, und man wollte sparen.",
    "Die Ergebnisse sind eindeutig: Wer zuhört, gewinnt, wer redet, verliert.",
    "Er fragte: Kommt Berg, kommt Dorn oder kommt niemand?",
    'Sie sagte: "Ich kam, ich sah, und ich ging."',
    "Er hatte nur eines im Kopf: Geld und Macht.",
    "A reading of this text: taken together, the cases speak for a fast answer, a calm voice and against deleting.",
    "The results are good, clear and useful.",
    "Der Bericht nennt kein Budget, keine Kennzahlen und keine Plattform.",
    "Der Bericht nennt weder Zahlen noch Namen, Orte und Daten.",
    "Der volle Wert verlangt eine Kultur des Teilens, der Offenheit und des Vertrauens.",
    "Die Studie umfasst 120 Firmen, die in Kiel, Ulm und Bonn sitzen.",
    "The survey includes 120 firms, which sit in Kiel, Ulm and Bonn.",
    "Die Plattform Think:Lab, ein Labor, ein Haus und ein Hof, wurde gebaut.",
    "Mitarbeiter:innen, Kunden und Partner wurden befragt.",
    "Companies that listen, that answer, and that learn are rare.",
    "Zehn Thesen, wie Netze, Daten und Geräte uns verändern.",
    "The yard, the port and the town are old.",
    "Die Kosten für Löhne, Strom und Miete stiegen.",
    "First place, second place and third place went to Kiel.",
    "The first quarter was good, the second quarter was bad, and the third was fair.",
    "Schließlich kam der Winter, und erstens fror der Fluss.",
]


@pytest.mark.parametrize("sentence", NO_LIST)
def test_an_ordinary_sentence_is_no_list(sentence):
    assert lists(sentence) == []


def test_two_lists_of_one_paragraph_are_two_enumerations_in_order():
    text = "Zwei Dinge zählen: Geld und Geduld. Danach folgt viel. Dazu gehören der Preis, die Lage und das Personal."
    assert lists(text) == [["Geld", "Geduld"], ["der Preis", "die Lage", "das Personal"]]


def test_the_language_is_that_of_the_sentence_and_not_of_the_document():
    sentence = "It names clear goals and sufficient staff, a fixed budget, patience and trust, and the care for people."
    expected = [["clear goals", "sufficient staff", "a fixed budget", "patience and trust", "the care for people"]]
    assert lists(sentence, language="de") == lists(sentence, language="en") == expected


# Items that carry their own marks


@pytest.mark.parametrize(
    ("sentence", "lead", "expected"),
    [
        ("Three things count: first, a written plan, second, a secured budget, and third, a small team.", "Three things count:",
         ["a written plan", "a secured budget", "a small team"]),
        ("Dafür sprechen drei Gründe: erstens der Preis, zweitens die Lage und drittens das Personal.", "Dafür sprechen drei Gründe:",
         ["der Preis", "die Lage", "das Personal"]),
        ("There is, firstly, money; secondly, time; and finally, luck.", "There is,", ["money", "time", "luck"]),
        ("So: first set a goal, second find money, third hire people.", "So:", ["set a goal", "find money", "hire people"]),
    ],
)  # fmt: skip
def test_ordinals_in_one_sentence(sentence, lead, expected):
    document = make_document(sentence)
    found = only(document)
    assert (items(document, found), found.style) == (expected, "ordinal")
    assert found.lead.of(document.text) == lead


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        (["Three steps help. First, set a goal. It must be clear. Second, find money. Finally, hire people."],
         ["set a goal", "find money", "hire people"]),
        (["Drei Schritte helfen. Erstens fehlt ein Ziel. Zweitens fehlt Geld. Drittens fehlen Leute."],
         ["fehlt ein Ziel", "fehlt Geld", "fehlen Leute"]),
        (["Drei Schritte helfen.", "Erstens fehlt ein Ziel. Das ist alt.", "Zweitens fehlt Geld.", "Drittens fehlen Leute."],
         ["fehlt ein Ziel", "fehlt Geld", "fehlen Leute"]),
    ],
)  # fmt: skip
def test_ordinals_over_sentences_and_paragraphs_are_one_list(paragraphs, expected):
    document = make_document(*paragraphs)
    found = only(document)
    assert (items(document, found), found.claimed) == (expected, 3)
    assert found.lead.of(document.text) == paragraphs[0].split(".")[0] + "."


def test_ordinals_do_not_run_over_a_heading():
    assert lists("Erstens fehlt Geld.", "# Neues", "Zweitens fehlt Zeit.") == []


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("The memo asks for (1) a named owner; (2) a fixed budget; and (3) a date for review (p. 9).",
         ["a named owner", "a fixed budget", "a date for review"]),
        ("Verlangt werden a) ein Konzept b) ein Etat c) ein Zeitplan.", ["ein Konzept", "ein Etat", "ein Zeitplan"]),
        ("To succeed, a firm must (a) listen, (b) answer and (c) learn from guests.", ["listen", "answer", "learn from guests"]),
        ("Ein guter Plan ist i) kurz, ii) klar und iii) bekannt.", ["kurz", "klar", "bekannt"]),
        ("Die Gründe sind: 1. Geld, 2. Zeit und 3. Mut.", ["Geld", "Zeit", "Mut"]),
        ("Die Gründe:\n1. Geld fehlt.\n2. Zeit fehlt.\n3. Mut fehlt.", ["Geld fehlt", "Zeit fehlt", "Mut fehlt"]),
    ],
)  # fmt: skip
def test_numbers_and_letters_inside_a_paragraph(paragraph, expected):
    document = make_document(paragraph)
    found = only(document)
    assert (items(document, found), found.style) == (expected, "numbered")
    assert found.page_reference == ("9" if "p. 9" in paragraph else None)


# What the lead-in says


@pytest.mark.parametrize(
    ("lead", "number"),
    [
        ("Berg names seven factors:", 7),
        ("Dies sind die fünf wichtigsten Ziele:", 5),
        ("Zwölf Regeln:", 12),
        ("There are 10 steps:", 10),
        ("Ten firms gave these reasons:", None),
        ("Im Jahr 2014 galten diese Gründe:", None),
        ("Für 17 Prozent der Firmen gilt:", None),
        ("Über drei Jahre gilt:", None),
        ("At least five conditions hold:", None),
        ("One of the five conditions is this:", None),
        ("Zwei oder drei Gründe:", None),
        ("Section 5 ITA asks for this:", None),
        ("Diese Gründe:", None),
    ],
)
def test_the_number_that_the_source_gives(lead, number):
    assert only(make_document(lead, "- Ruhe", "- Mut")).claimed == number


@pytest.mark.parametrize(
    ("sentence", "page"),
    [
        ("Drei Dinge zählen: Geld, Zeit und Mut (S. 12 f.).", "12"),
        ("Drei Dinge zählen: Geld, Zeit und Mut, S. 12.", "12"),
        ("Drei Dinge zählen: Geld, Zeit und Mut (Berg 2011, S. 7).", "7"),
        ("Berg (Seite 31) unterscheidet drei Typen: Geld, Zeit und Mut.", "31"),
        ("Three things count: Geld, Zeit and Mut (pp. 12-14).", "12-14"),
        ("Three things count: Geld, Zeit and Mut.", None),
    ],
)
def test_the_page_that_the_sentence_names_is_no_part_of_the_items(sentence, page):
    document = make_document(sentence)
    found = only(document)
    assert (items(document, found), found.page_reference) == (["Geld", "Zeit", "Mut"], page)


# Invariants


def assert_sound(document: Document) -> None:
    for found in find(document):
        spans = [factor.span for factor in found.factors]
        assert found.n >= 2
        assert [factor.position for factor in found.factors] == list(range(1, found.n + 1))
        assert 0 <= found.lead.start <= found.lead.end <= len(document.text)
        for span in spans:
            assert 0 <= span.start < span.end <= len(document.text)
            assert span.of(document.text) == span.of(document.text).strip()
            assert any(block.span.start <= span.start and span.end <= block.span.end for block in document.blocks)
        assert all(a.end <= b.start for a, b in pairwise(spans))
        assert not any(span.start < found.lead.end and found.lead.start < span.end for span in spans)


@given(st.text(max_size=400))
def test_any_text_is_read_without_error(text):
    assert_sound(make_document(text.lstrip("#") or "x"))


_PIECES = (
    "Geld|Zeit|ein Plan|eine klare Frist|die Pflege der Netze|a budget|clear goals|planning|und|and|oder|sowie|as well as|,|,|,|;|:"
    '|: |.|. |(|)|„|“|"|–|nennt|drei Ziele|four steps|such as|darunter|first,|second,|third,|erstens|zweitens|(1)|(2)|(3)|a)|b)'
    "|1.|2.|lassen sich|setzen|gewinnen|zu|die|der|das|7,6 %|2014|S. 12|(Seite 3)|sind|are|die vier Phasen|Ein-|-Strategie|usw."
    "|etc.|sagt Berg|which is|dass|und andere"
).split("|")


@settings(max_examples=300)
@given(st.lists(st.sampled_from(_PIECES), max_size=40), st.sampled_from([" ", "", "\n"]))
def test_any_heap_of_cues_and_separators_gives_sound_lists(pieces, glue):
    assert_sound(make_document(glue.join(pieces) or "x"))


@given(
    st.lists(
        st.sampled_from(["# Kopf", "Der Plan nennt zwei Dinge:", "1. eins", "2. zwei", "- drei", "  - vier", "    a) fünf", "- und"]),
        max_size=12,
    )
)
def test_any_order_of_blocks_gives_sound_lists_without_losing_an_item(lines):
    document = make_document(*lines)
    for found in find(document):
        spans = [factor.span for factor in found.factors]
        assert found.n >= 2
        assert spans == sorted(set(spans))
    taken = [factor.span for found in find(document) for factor in found.factors]
    assert len(taken) == len(set(taken))


_GERMAN = [
    "ein fester Etat",
    "eine klare Frist",
    "die Ruhe der Leitung",
    "ausreichende Mittel",
    "der Rückhalt im Haus",
    "Neugier und Mut",
    "Geduld",
]
_ENGLISH = [
    "a fixed budget",
    "the calm of the crew",
    "sufficient staff",
    "clear goals",
    "curiosity and courage",
    "patience",
    "an open mind",
]


@given(st.permutations(_GERMAN), st.integers(3, 7), st.sampled_from([" und ", " sowie "]))
def test_german_phrases_put_into_a_list_come_out_again(phrases, count, last):
    chosen = [p for p in phrases if p != "Neugier und Mut"][: count - 1]
    written = ["Neugier und Mut", *chosen] if len(chosen) == count - 1 else chosen
    sentence = f"Der Bericht nennt weitere Bedingungen: {', '.join(written[:-1])}{last}{written[-1]}."
    assert lists(sentence) == [written]


@given(st.permutations(_ENGLISH), st.integers(3, 7), st.booleans())
def test_english_phrases_put_into_a_list_come_out_again(phrases, count, oxford):
    chosen = [p for p in phrases if p != "curiosity and courage"][: count - 1]
    written = ["curiosity and courage", *chosen] if len(chosen) == count - 1 else chosen
    sentence = f"The report names further conditions: {', '.join(written[:-1])}{',' if oxford else ''} and {written[-1]}."
    assert lists(sentence, language="en") == [written]


@pytest.mark.parametrize(
    "piece", [",", "a, ", "a: ", "nennt ", "first, ", "(1) a ", "drei Ziele, ", "und ", '"', "(", "ein klares Ziel, ", "Ein Satz: a, b. "]
)
def test_two_hundred_thousand_characters_are_read_in_seconds(piece):
    document = make_document(piece * (200_000 // len(piece)))
    began = time.monotonic()
    find(document)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("piece", ["a: ", "nennt ", "drei Ziele, ", "A: B, C: D und ", "Haus und Hof und "])
def test_the_longest_sentences_that_are_searched_are_read_in_time(piece):
    document = make_document((piece * (3900 // len(piece)) + "Ende! ") * 10)
    began = time.monotonic()
    find(document)
    assert time.monotonic() - began < 10
