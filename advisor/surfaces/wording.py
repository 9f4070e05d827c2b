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
        # The library of the analysts
        "library_none": (
            "There is no library yet. Add documents below.",
            "Es gibt noch keine Bibliothek. Fügen Sie unten Dokumente hinzu.",
        ),
        "library_sum": (
            "{documents} documents of {works} works, with {passages} passages and {factors} listed factors.",
            "{documents} Dokumente von {works} Werken, mit {passages} Textstellen und {factors} aufgezählten Faktoren.",
        ),
        "refused": ("That was not done:", "Das wurde nicht ausgeführt:"),
        "somebody": ("Someone at this machine", "Jemand an diesem Rechner"),
        "upload": ("Add documents", "Dokumente hinzufügen"),
        "upload_choose": ("Choose files", "Dateien wählen"),
        "upload_drop": ("or drop them here", "oder hier ablegen"),
        "upload_hint": ("{kinds}; up to {limit} MiB a file.", "{kinds}; bis {limit} MiB je Datei."),
        "upload_send": ("Upload", "Hochladen"),
        "upload_progress": ("Files sent", "Gesendete Dateien"),
        "upload_sending": ("sending", "wird gesendet"),
        "upload_reading": ("being read", "wird gelesen"),
        "upload_kept": ("ready", "bereit"),
        "upload_pages": ("pages", "Seiten"),
        "upload_replaced": ("takes the place of the earlier file", "ersetzt die frühere Datei"),
        "upload_lost": (
            "The connection broke. Is the program still running? Choose the file again.",
            "Die Verbindung ist abgebrochen. Läuft das Programm noch? Wählen Sie die Datei noch einmal.",
        ),
        "upload_large": (
            "The file is larger than {limit} MiB, the limit for uploads. Split it.",
            "Die Datei ist größer als {limit} MiB, die Grenze für Uploads. Teilen Sie sie.",
        ),
        "no_file": (
            "There was no file. Choose one and send it again.",
            "Es war keine Datei dabei. Wählen Sie eine und senden Sie noch einmal.",
        ),
        "waiting": ("Uploaded, not in the library yet: {number}", "Hochgeladen, noch nicht in der Bibliothek: {number}"),
        "waiting_why": (
            "See below what they would change, then apply it.",
            "Sehen Sie unten, was sie ändern würden, und führen Sie es dann aus.",
        ),
        "discard": ("Take back", "Zurücknehmen"),
        "changes": ("Changes", "Änderungen"),
        "folders_both": (
            "The folder {corpus} and the uploaded files are looked at. The chat goes on meanwhile.",
            "Durchgesehen werden der Ordner {corpus} und die hochgeladenen Dateien. Der Chat läuft solange weiter.",
        ),
        "folders_uploads": (
            "The uploaded files are looked at. The chat goes on meanwhile.",
            "Durchgesehen werden die hochgeladenen Dateien. Der Chat läuft solange weiter.",
        ),
        "plan": ("See what would change", "Ansehen, was sich ändern würde"),
        "apply": ("Apply the changes", "Änderungen ausführen"),
        "rollback": ("Undo the last change", "Letzte Änderung zurücknehmen"),
        "rollback_to": (
            "Undoing goes back to the library before the last change ({generation}); files stay where they are.",
            "Zurücknehmen führt zur Bibliothek vor der letzten Änderung ({generation}); Dateien bleiben, wo sie sind.",
        ),
        "rollback_none": ("There is no earlier library to go back to.", "Es gibt keine frühere Bibliothek, zu der man zurückkönnte."),
        "plan_empty": (
            "Nothing would change: the library holds what the folders hold.",
            "Nichts würde sich ändern: Die Bibliothek enthält, was in den Ordnern liegt.",
        ),
        "plan_added": ("{number} added", "{number} neu"),
        "plan_changed": ("{number} changed", "{number} geändert"),
        "plan_renamed": ("{number} renamed", "{number} umbenannt"),
        "plan_removed": ("{number} removed", "{number} entfernt"),
        "plan_failed": ("{number} not readable", "{number} nicht lesbar"),
        "plan_factors": ("Factors: {gained} gained, {lost} lost.", "Faktoren: {gained} kommen hinzu, {lost} fallen weg."),
        "change_added": ("added", "neu"),
        "change_changed": ("changed", "geändert"),
        "change_renamed": ("renamed", "umbenannt"),
        "change_removed": ("removed", "entfernt"),
        "change_failed": ("not readable", "nicht lesbar"),
        "change_was": ("until now {name}", "bisher {name}"),
        "factors_gained": ("Factors gained: {number}", "Neue Faktoren: {number}"),
        "factors_lost": ("Factors lost: {number}", "Weggefallene Faktoren: {number}"),
        "more": ("and {number} more", "und {number} weitere"),
        "job_plan": ("Looking through the files · {who}, {when}", "Die Dateien werden durchgesehen · {who}, {when}"),
        "job_sync": ("Bringing the library up to date · {who}, {when}", "Die Bibliothek wird auf den neuen Stand gebracht · {who}, {when}"),
        "job_remove": ("Removing · {who}, {when}", "Entfernen · {who}, {when}"),
        "job_rollback": ("Undoing the last change · {who}, {when}", "Letzte Änderung zurücknehmen · {who}, {when}"),
        "job_starting": ("Getting ready …", "Wird vorbereitet …"),
        "job_reading": ("File {done} of {total}:", "Datei {done} von {total}:"),
        "job_writing": (
            "All files are read; the new library is being made and checked …",
            "Alle Dateien sind gelesen; die neue Bibliothek wird angelegt und geprüft …",
        ),
        "job_failed": ("It failed. The library is as it was before.", "Das ist fehlgeschlagen. Die Bibliothek ist, wie sie vorher war."),
        "job_lost": (
            "The process ended before it was done. Try again; the window of the program may say more.",
            "Der Prozess endete vor der Zeit. Versuchen Sie es noch einmal; im Fenster des Programms steht vielleicht mehr.",
        ),
        "done_sync": (
            "Done: {added} added, {changed} changed, {removed} removed, {factors} factors. The library holds {documents} documents.",
            "Fertig: {added} neu, {changed} geändert, {removed} entfernt, {factors} Faktoren. Die Bibliothek hat {documents} Dokumente.",
        ),
        "done_failed": ("{number} files could not be read:", "{number} Dateien ließen sich nicht lesen:"),
        "done_remove": ("Done: {number} removed.", "Fertig: {number} entfernt."),
        "done_rollback": ("Done: the library is {generation} again.", "Fertig: Die Bibliothek ist wieder {generation}."),
        "held": ("Documents", "Dokumente"),
        "held_none": ("The library holds nothing yet.", "Die Bibliothek enthält noch nichts."),
        "held_shown": ("{number} of {total} files", "{number} von {total} Dateien"),
        "held_no_match": ("No document matches. Search for less.", "Kein Dokument passt dazu. Suchen Sie nach weniger."),
        "column_title": ("Work and file", "Werk und Datei"),
        "column_language": ("Language", "Sprache"),
        "column_year": ("Year", "Jahr"),
        "column_pages_number": ("Pages", "Seiten"),
        "column_passages": ("Passages", "Stellen"),
        "column_factors": ("Factors", "Faktoren"),
        "column_report": ("Extraction", "Lesbarkeit"),
        "search": ("Search", "Suchen"),
        "search_go": ("Show", "Zeigen"),
        "only": ("Show", "Anzeigen"),
        "only_all": ("All", "Alle"),
        "only_flawed": ("With something to look at", "Mit Auffälligkeiten"),
        "only_failed": ("Not readable", "Nicht lesbar"),
        "only_missing": ("Work data missing", "Angaben zum Werk fehlen"),
        "page_before": ("‹ Earlier", "‹ Zurück"),
        "page_after": ("More ›", "Weiter ›"),
        "page_of": ("Page {page} of {pages}", "Seite {page} von {pages}"),
        "pages_of": ("Pages of the list", "Seiten der Liste"),
        "uploaded": ("Uploaded", "Hochgeladen"),
        "report": ("Extraction report", "Lesebericht"),
        "report_good": ("Read well", "Gut gelesen"),
        "report_failed": ("Not readable", "Nicht lesbar"),
        "report_failed_why": ("The file could not be read:", "Die Datei ließ sich nicht lesen:"),
        "report_empty": ("pages without text: {number}", "Seiten ohne Text: {number}"),
        "report_warnings": ("warnings: {number}", "Warnungen: {number}"),
        "report_missing": ("Missing: {names}", "Es fehlt: {names}"),
        "warnings": ("Warnings", "Warnungen"),
        "fact_format": ("Format", "Format"),
        "fact_text_language": ("Language", "Sprache"),
        "fact_characters": ("Characters", "Zeichen"),
        "fact_passages": ("Passages", "Stellen"),
        "fact_factors": ("Factors", "Faktoren"),
        "fact_encoding": ("Encoding", "Zeichensatz"),
        "encoding_own": ("told by the format", "vom Format vorgegeben"),
        "fact_hyphens": ("Hyphens repaired", "Reparierte Trennungen"),
        "fact_lines_dropped": ("Running heads left out", "Weggelassene Kopf- und Fußzeilen"),
        "fact_empty_pages": ("Pages without text", "Seiten ohne Text"),
        "fact_sha256": ("SHA-256", "SHA-256"),
        "none": ("none", "keine"),
        "text_per_page": ("Text per page", "Text je Seite"),
        "pages_thin": ("{number} of {total} pages hold next to no text", "{number} von {total} Seiten enthalten fast keinen Text"),
        "pages_good": ("all {total} pages hold text", "alle {total} Seiten enthalten Text"),
        "page_label": ("Page {label}", "Seite {label}"),
        "characters": ("{number} characters", "{number} Zeichen"),
        "page_empty": ("no text: a scan?", "kein Text: ein Scan?"),
        "data": ("The work", "Das Werk"),
        "data_why": (
            "Written to {file} beside the document; an emptied field counts as not established. Saving reads the document again.",
            "Steht in {file} neben dem Dokument; ein geleertes Feld gilt als nicht ermittelt. Nach dem Speichern wird neu eingelesen.",
        ),
        "data_fixed": (
            "The folder of this document cannot be written from here; put the data into {file} beside it.",
            "Der Ordner dieses Dokuments lässt sich von hier nicht beschreiben; tragen Sie die Angaben dort in {file} ein.",
        ),
        "field_title": ("Title", "Titel"),
        "field_authors": ("Authors", "Autoren"),
        "authors_hint": ("One name a line", "Ein Name je Zeile"),
        "field_year": ("Year", "Jahr"),
        "field_date": ("Date", "Datum"),
        "field_kind": ("Kind", "Art"),
        "field_publication": ("Published in", "Erschienen in"),
        "field_pages": ("Pages", "Seiten"),
        "field_doi": ("DOI", "DOI"),
        "field_url": ("Address on the web", "Adresse im Web"),
        "field_language": ("Language (de, en)", "Sprache (de, en)"),
        "field_work": ("Key of the work", "Schlüssel des Werks"),
        "field_digest": ("A digest of this library, not the work itself", "Eine Zusammenfassung dieser Bibliothek, nicht das Werk selbst"),
        "field_missing": ("missing", "fehlt"),
        "save": ("Save", "Speichern"),
        "ways": ("This document", "Dieses Dokument"),
        "again": ("Read again", "Neu einlesen"),
        "again_why": (
            "Reads the file anew, as after an update of the program.",
            "Liest die Datei noch einmal, etwa nach einer neuen Version des Programms.",
        ),
        "remove": ("Remove", "Entfernen"),
        "remove_upload": (
            "Takes the document out of the library and deletes the uploaded file.",
            "Nimmt das Dokument aus der Bibliothek und löscht die hochgeladene Datei.",
        ),
        "remove_folder": (
            "Takes the document out of the library. The file stays in its folder: take it out of there, too, or it comes back.",
            "Nimmt es aus der Bibliothek. Die Datei bleibt in ihrem Ordner: Nehmen Sie sie auch dort weg, sonst kommt sie wieder.",
        ),
        "to_library": ("Way back", "Zurück"),
        "gaps": ("Questions without an answer", "Fragen ohne Antwort"),
        "gaps_why": (
            "What readers asked for in vain, the most asked first.",
            "Wonach Leser vergeblich fragten, das Häufigste zuerst.",
        ),
        "gaps_none": ("Every question so far found an answer.", "Bisher fand jede Frage eine Antwort."),
        "gap_times": ("asked {times} ×, last on {last}", "{times} × gefragt, zuletzt am {last}"),
        "disliked": ("Answers that did not help", "Antworten, die nicht geholfen haben"),
        "disliked_why": (
            "Questions whose answer got a thumb down.",
            "Fragen, deren Antwort einen Daumen nach unten bekam.",
        ),
        "disliked_none": ("No answer got a thumb down.", "Keine Antwort bekam einen Daumen nach unten."),
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
