"""Every word of the interface, in English and German, one pair a line; a string in one language only cannot be written down."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("en", "de")
NAMES = MappingProxyType({"en": "English", "de": "Deutsch"})

_PAIRS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # The page
        "title": ("Strategy Advisor", "Strategy Advisor"),
        "headline": ("Ask the strategy literature.", "Fragen Sie die Strategieliteratur."),
        "promise": (
            "Every sentence of the answer is backed by a verbatim quotation, with its source beside it.",
            "Jeder Satz der Antwort ist durch ein wörtliches Zitat belegt, die Quelle steht daneben.",
        ),
        "skip": ("Skip to the question", "Zur Frage springen"),
        "skip_to_main": ("Skip to the content", "Zum Inhalt springen"),
        "screens": ("Screens", "Ansichten"),
        "screen_chat": ("Ask", "Fragen"),
        "screen_checklist": ("Checklist", "Checkliste"),
        "screen_agreement": ("Agreement", "Übereinstimmung"),
        "screen_documents": ("Library", "Bibliothek"),
        "language": ("Language of the page", "Sprache der Seite"),
        "restart": ("New conversation", "Neues Gespräch"),
        "conversation": ("Conversation", "Gespräch"),
        "question": ("Your question", "Ihre Frage"),
        "placeholder": ("Ask in English or German", "Fragen Sie auf Deutsch oder Englisch"),
        "ask": ("Ask", "Fragen"),
        "dropped": ("{n} unsupported sentences of the model left out", "{n} unbelegte Sätze des Modells weggelassen"),
        "related": ("The library also answers", "Die Bibliothek beantwortet auch"),
        "examples": ("For example", "Zum Beispiel"),
        "example_1": ("What do we need before launching on social media?", "Was brauchen wir, bevor wir in Social Media starten?"),
        "example_2": ("How do we lead a change so that it lasts?", "Wie führen wir einen Wandel, der Bestand hat?"),
        "example_3": ("Is a list of goals already a strategy?", "Ist eine Liste von Zielen schon eine Strategie?"),
        "example_4": ("How should we respond to a crisis on social media?", "Wie sollen wir auf eine Krise in Social Media reagieren?"),
        "asked": ("You asked", "Sie fragten"),
        "searching": ("Searching {documents} documents …", "{documents} Dokumente werden durchsucht …"),
        "understood": ("Read as a follow-up, together with: {question}", "Als Anschlussfrage gelesen, zusammen mit: {question}"),
        # The answer
        "strong": ("Strong evidence", "Starke Belege"),
        "partial": ("Partial evidence", "Teilweise belegt"),
        "weak": ("Weak evidence", "Schwache Belege"),
        "strong_why": (
            "The passages found speak to the question directly, in its words or in its meaning.",
            "Die gefundenen Stellen sprechen die Frage unmittelbar an, in ihren Wörtern oder dem Sinn nach.",
        ),
        "partial_why": (
            "The passages found speak to part of the question, or to a near one. Read them before you rely on them.",
            "Die gefundenen Stellen sprechen einen Teil der Frage an oder eine benachbarte. Lesen Sie sie, bevor Sie sich darauf stützen.",
        ),
        "weak_why": (
            "The library touches the question only in passing. Take the passages as leads, not as an answer.",
            "Die Bibliothek berührt die Frage nur am Rand. Nehmen Sie die Stellen als Spur, nicht als Antwort.",
        ),
        "items": ("{given} of {total} items", "{given} von {total} Punkten"),
        "list_of": ("Listed by {who}", "Aufgezählt bei {who}"),
        "one_side": ("One side", "Die eine Seite"),
        "other_side": ("The other side", "Die andere Seite"),
        "caveat": ("Note", "Hinweis"),
        "reported": ("reported, not checked", "berichtet, nicht geprüft"),
        "reported_why": (
            "The library's own text says of this point that it was taken over from elsewhere and not checked.",
            "Der Text der Bibliothek sagt zu diesem Punkt selbst, dass er übernommen und nicht geprüft ist.",
        ),
        "citation": ("Citation {number}: {who}", "Beleg {number}: {who}"),
        "sources": ("Sources: {works} · quotations: {quotations}", "Quellen: {works} · Zitate: {quotations}"),
        "checked": (
            "{found} of {total} quotations found word for word in the stored text",
            "{found} von {total} Zitaten Wort für Wort im gespeicherten Text gefunden",
        ),
        "extractive": ("Put together without a language model", "Ohne Sprachmodell zusammengestellt"),
        "model": ("Language model: {name}", "Sprachmodell: {name}"),
        "seconds": ("{seconds} s", "{seconds} s"),
        "copy": ("Copy the answer with its sources", "Antwort mit Quellen kopieren"),
        "copied": ("Copied", "Kopiert"),
        "nearest": ("Passage {number}: {who}", "Stelle {number}: {who}"),
        # The evidence beside it
        "evidence": ("Evidence", "Belege"),
        "library": ("Library", "Bibliothek"),
        "library_counts": ("{works} works in {documents} documents", "{works} Werke in {documents} Dokumenten"),
        "library_hint": (
            "Choose a number in an answer to read the passage where it stands. Until then, this is what the answers come from:",
            "Wählen Sie eine Zahl in einer Antwort, und die Stelle erscheint hier in ihrem Zusammenhang. Daraus kommen die Antworten:",
        ),
        "back": ("Library", "Bibliothek"),
        "previous": ("Previous citation", "Voriger Beleg"),
        "next": ("Next citation", "Nächster Beleg"),
        "position": ("{number} of {total}", "{number} von {total}"),
        "close": ("Close the evidence", "Belege schließen"),
        "loading": ("Opening the passage …", "Die Stelle wird geöffnet …"),
        "evidence_failed": (
            "The passage could not be loaded. Is the program still running? Start it again with: python app.py",
            "Die Stelle ließ sich nicht laden. Läuft das Programm noch? Neu starten mit: python app.py",
        ),
        "digest": ("Digest of this library", "Zusammenfassung dieser Bibliothek"),
        "digest_why": (
            "Written for this library in its own words; it is not the work itself.",
            "Für diese Bibliothek in eigenen Worten geschrieben; es ist nicht das Werk selbst.",
        ),
        "original": ("Original text", "Originaltext"),
        "page": ("Page", "Seite"),
        "section": ("Section", "Abschnitt"),
        "text_language": ("Language", "Sprache"),
        "file": ("File", "Datei"),
        "de": ("German", "Deutsch"),
        "en": ("English", "Englisch"),
        "open_whole": ("Open the whole document", "Ganzes Dokument öffnen"),
        "to_chat": ("Back to the chat", "Zurück zum Chat"),
        "no_such_document": ("This document is not in the library", "Dieses Dokument ist nicht in der Bibliothek"),
        "no_such_document_why": (
            "The link names a version of a file that the library does not hold, or not any more. Ask again for links to what it holds now.",
            "Der Link nennt eine Fassung einer Datei, die nicht (mehr) in der Bibliothek ist. Eine neue Frage bringt aktuelle Links.",
        ),
        "no_such_place": (
            "The link names a place that this document does not have, so nothing is marked.",
            "Der Link nennt eine Stelle, die es in diesem Dokument nicht gibt; deshalb ist nichts markiert.",
        ),
        # States
        "empty": ("The library is empty", "Die Bibliothek ist leer"),
        "empty_why": (
            "Put PDF, Word, HTML, Markdown or text files into the folder {corpus} and run:",
            "Legen Sie PDF-, Word-, HTML-, Markdown- oder Textdateien in den Ordner {corpus} und geben Sie ein:",
        ),
        "empty_then": (
            "Then ask again; the chat notices the new library by itself.",
            "Fragen Sie dann noch einmal; der Chat bemerkt die neue Bibliothek von selbst.",
        ),
        "failed": ("That did not work", "Das hat nicht geklappt"),
        "too_long": (
            "The question has {characters} characters; at most {most} are read. Shorten it and ask again.",
            "Die Frage hat {characters} Zeichen; gelesen werden höchstens {most}. Kürzen Sie sie und fragen Sie noch einmal.",
        ),
        "index_failed": (
            "The library cannot be read at the moment. Whoever keeps it will know what to do with this message:",
            "Die Bibliothek lässt sich gerade nicht lesen. Wer sie betreut, kann mit dieser Meldung etwas anfangen:",
        ),
        "model_failed": ("The language model does not answer:", "Das Sprachmodell antwortet nicht:"),
        "other_failed": ("The program reports:", "Das Programm meldet:"),
        "unexpected": (
            "An unexpected error. The details are in the window where the program runs. You can go on asking.",
            "Ein unerwarteter Fehler. Einzelheiten stehen in dem Fenster, in dem das Programm läuft. Sie können weiterfragen.",
        ),
        "no_script": ("The chat needs JavaScript in the browser.", "Der Chat braucht JavaScript im Browser."),
        # People: signing in and out
        "sign_in": ("Sign in", "Anmelden"),
        "sign_out": ("Sign out", "Abmelden"),
        "name": ("Name", "Name"),
        "password": ("Password", "Passwort"),
        "sign_in_help": (
            "No account, or the password is lost? Whoever runs this advisor makes accounts and sets passwords.",
            "Kein Konto, oder das Passwort ist verloren? Wer diesen Advisor betreibt, richtet Konten ein und setzt Passwörter.",
        ),
        "not_signed_in_why": (
            "The name and the password do not belong together. Check both; capitals count in the password.",
            "Name und Passwort gehören nicht zusammen. Prüfen Sie beides; im Passwort zählt die Großschreibung.",
        ),
        "attempts_why": (
            "Too many attempts failed. Wait a quarter of an hour, then try again.",
            "Zu viele Versuche sind fehlgeschlagen. Warten Sie eine Viertelstunde und versuchen Sie es dann noch einmal.",
        ),
        "form_old": ("This page is too old", "Diese Seite ist zu alt"),
        "form_old_why": (
            "The program or your session began anew after it was loaded. Go back and load the page again.",
            "Seit sie geladen wurde, hat das Programm oder Ihre Sitzung neu begonnen. Gehen Sie zurück und laden Sie die Seite neu.",
        ),
        "forbidden": ("Only analysts may do this", "Das dürfen nur Analysten"),
        "forbidden_why": (
            "You are signed in as a reader: you can ask, read and export. Whoever runs this advisor can make you an analyst.",
            "Sie sind als Leser angemeldet und können fragen, lesen, exportieren. Wer den Advisor betreibt, kann das ändern.",
        ),
        "reader": ("Reader", "Leser"),
        "analyst": ("Analyst", "Analyst"),
    }
)


def word(name: str, language: str, /, **values: object) -> str:
    """One string of the interface in "de" or "en" (anything else counts as English), its {places} filled in."""
    return _PAIRS[name][language == "de"].format(**values)


def table(language: str) -> dict[str, str]:
    """All strings of the interface in one language, by name, with their {places} open."""
    return {name: pair[language == "de"] for name, pair in _PAIRS.items()}


def preferred(accept_language: str | None) -> str:
    """The first of our languages in an Accept-Language header; English where none is named."""
    for part in (accept_language or "").split(","):
        code = part.split(";")[0].strip().lower().split("-")[0]
        if code in LANGUAGES:
            return code
    return "en"
