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
        "copy": ("Copy with sources", "Mit Quellen kopieren"),
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
        # The frame of the screens beside the chat
        "foot": (
            "Every line is backed by a verbatim quotation. Nothing leaves this machine.",
            "Jede Zeile ist durch ein wörtliches Zitat belegt. Nichts verlässt diesen Rechner.",
        ),
        "theme": ("Theme", "Farbschema"),
        "theme_light": ("Light", "Hell"),
        "theme_dark": ("Dark", "Dunkel"),
        "theme_system": ("As the device", "Wie das Gerät"),
        "foreign": (
            "This form was sent from a page of another site, so nothing was changed. Open the screen here and try again.",
            "Dieses Formular kam von der Seite einer anderen Adresse, deshalb wurde nichts geändert. Öffnen Sie die Ansicht hier.",
        ),
        # Topics, quotations and stances, for the checklist and the agreement map
        "topic": ("Topic", "Thema"),
        "topic_show": ("Show", "Anzeigen"),
        "topic_unknown": ("There is no such topic", "Dieses Thema gibt es nicht"),
        "topic_unknown_why": (
            "The address names a topic that the program does not know. Choose one of those it knows:",
            "Die Adresse nennt ein Thema, das das Programm nicht kennt. Wählen Sie eines, das es kennt:",
        ),
        "topic_nothing": ("No work lists anything on this topic yet", "Noch zählt kein Werk etwas zu diesem Thema auf"),
        "topic_nothing_why": (
            "A work counts here when its data name one of its lists for the topic. Choose another topic, or add such a work.",
            "Ein Werk zählt hier, wenn seine Angaben eine seiner Listen für das Thema nennen. Wählen Sie ein anderes Thema, oder "
            "ergänzen Sie ein solches Werk.",
        ),
        "works_1": ("1 work", "1 Werk"),
        "works_n": ("{n} works", "{n} Werke"),
        "ask_1": ("1 work asks for it", "1 Werk verlangt es"),
        "ask_n": ("{n} works ask for it", "{n} Werke verlangen es"),
        "support_1": ("1 supports it", "1 stützt es"),
        "support_n": ("{n} support it", "{n} stützen es"),
        "qualify_1": ("1 qualifies it", "1 schränkt es ein"),
        "qualify_n": ("{n} qualify it", "{n} schränken es ein"),
        "dispute_1": ("1 disputes it", "1 widerspricht"),
        "dispute_n": ("{n} dispute it", "{n} widersprechen"),
        "asks": ("asks for it", "verlangt es"),
        "supports": ("supports it", "stützt es"),
        "qualifies": ("qualifies it", "schränkt es ein"),
        "disputes": ("disputes it", "widerspricht"),
        "after": ("quoted after {who}", "zitiert nach {who}"),
        "quotations_1": ("1 quotation", "1 Zitat"),
        "quotations_n": ("{n} quotations", "{n} Zitate"),
        "page_short": ("p. {page}", "S. {page}"),
        "only_in": ("only in {language}", "nur auf {language}"),
        # The checklist
        "checklist_title": ("Checklist: {topic}", "Checkliste: {topic}"),
        "checklist_promise": (
            "What the works of the library ask for on this topic, with their quotations. You decide what is done, open or not for you.",
            "Was die Werke der Bibliothek zu diesem Thema verlangen, mit ihren Zitaten. Sie entscheiden, was erledigt ist, was offen und "
            "was für Sie nicht gilt.",
        ),
        "status": ("Status of “{title}”", "Stand von „{title}“"),
        "status_open": ("Open", "Offen"),
        "status_done": ("Done", "Erledigt"),
        "status_not_for_us": ("Not for us", "Nicht für uns"),
        "owner": ("Owner", "Zuständig"),
        "note": ("Note", "Notiz"),
        "save": ("Save", "Speichern"),
        "saving": ("Saving …", "Wird gespeichert …"),
        "saved": ("Saved", "Gespeichert"),
        "saved_line": ("Saved: {title}", "Gespeichert: {title}"),
        "not_saved": (
            "Not saved. Is the program still running? Your words stay here; try again.",
            "Nicht gespeichert. Läuft das Programm noch? Ihre Angaben bleiben hier stehen; versuchen Sie es noch einmal.",
        ),
        "cannot_save": (
            "What you decide cannot be saved at the moment, since the program may not write beside the library:",
            "Ihre Entscheidungen lassen sich gerade nicht speichern, weil das Programm neben der Bibliothek nicht schreiben darf:",
        ),
        "progress": (
            "{done} of {all} done, {open} open, {not_for_us} not for us",
            "{done} von {all} erledigt, {open} offen, {not_for_us} nicht für uns",
        ),
        "progress_share": ("{share}% of what applies is done", "{share} % dessen, was gilt, sind erledigt"),
        "show": ("Show", "Anzeigen"),
        "show_all": ("All", "Alle"),
        "show_nothing": ("No line has this status.", "Keine Zeile hat diesen Stand."),
        "by_several": ("Asked for by several works", "Von mehreren Werken verlangt"),
        "by_one": ("Asked for by {who} alone", "Nur von {who} verlangt"),
        "lines_1": ("1 line", "1 Zeile"),
        "lines_n": ("{n} lines", "{n} Zeilen"),
        "come_from": ("Where the lines come from", "Woher die Zeilen stammen"),
        "come_from_why": (
            "The data of the works name these lists for the topic. An item that stands in several lists is one line here.",
            "Diese Listen nennen die Angaben der Werke für das Thema. Ein Punkt, der in mehreren Listen steht, ist hier eine Zeile.",
        ),
        "items_1": ("1 item", "1 Punkt"),
        "items_n": ("{n} items", "{n} Punkte"),
        "figures_only": (
            "reports figures and asks for nothing; not on the checklist",
            "berichtet Zahlen und verlangt nichts; nicht auf der Checkliste",
        ),
        "stands_for": ("one item stands for the list of {who}", "ein Punkt steht für die Liste von {who}"),
        "orphans": ("No longer in the library", "Nicht mehr in der Bibliothek"),
        "orphans_why": (
            "These were decided for items that the library no longer lists on this topic, or lists together with another. They are kept "
            "until you remove them.",
            "Diese Angaben gelten Punkten, die die Bibliothek zu diesem Thema nicht mehr aufzählt oder zusammen mit einem anderen. "
            "Sie bleiben, bis Sie sie entfernen.",
        ),
        "forget": ("Remove", "Entfernen"),
        "forget_line": ("Remove the entry “{title}”", "Den Eintrag „{title}“ entfernen"),
        "overtaken": ("Somebody else saved this line first", "Jemand anderes hat diese Zeile zuerst gespeichert"),
        "overtaken_why": (
            "Nothing of yours is lost: here are both. Save yours over it, or leave it as it is now.",
            "Nichts von Ihnen ist verloren: Hier steht beides. Speichern Sie Ihres darüber, oder lassen Sie es, wie es jetzt ist.",
        ),
        "theirs": ("As it is now", "Wie es jetzt ist"),
        "yours": ("What you entered", "Was Sie eingetragen haben"),
        "save_mine": ("Save mine over it", "Meines darüber speichern"),
        "leave": ("Leave it as it is", "So lassen, wie es ist"),
        "gone": ("The library has changed meanwhile", "Die Bibliothek hat sich inzwischen geändert"),
        "gone_why": (
            "It no longer holds this item in the words that you saw, so your entry was not saved. Copy what you need from here:",
            "Sie enthält diesen Punkt nicht mehr in den Worten, die Sie sahen; Ihr Eintrag wurde nicht gespeichert. Kopieren Sie von hier, "
            "was Sie brauchen:",
        ),
        "open_again": ("Open the checklist", "Checkliste öffnen"),
        "to_map": ("Who agrees, who disputes: the agreement map", "Wer stimmt zu, wer widerspricht: die Übereinstimmung"),
        "to_checklist": ("Work through it: the checklist", "Abarbeiten: die Checkliste"),
        # Export
        "export": ("Export", "Exportieren"),
        "export_docx": ("Word (DOCX)", "Word (DOCX)"),
        "export_md": ("Markdown", "Markdown"),
        "export_bib": ("References as BibTeX", "Literatur als BibTeX"),
        "export_csl": ("References as CSL-JSON", "Literatur als CSL-JSON"),
        "print": ("Print", "Drucken"),
        # The agreement map
        "agreement_title": ("Agreement: {topic}", "Übereinstimmung: {topic}"),
        "agreement_promise": (
            "Which work asks for what, and which supports, qualifies or disputes it? A sign opens the quotation.",
            "Welches Werk verlangt was, und welches stützt es, schränkt es ein oder widerspricht? Ein Zeichen öffnet das Zitat.",
        ),
        "factor": ("Factor", "Faktor"),
        "map": ("The map", "Die Übersicht"),
        "map_of": (
            "Agreement map: {rows} factors in rows, {columns} works in columns; scroll sideways where it is cut off",
            "Übersicht: {rows} Faktoren in Zeilen, {columns} Werke in Spalten; seitlich rollen, wo sie abgeschnitten ist",
        ),
        "legend": ("Signs", "Zeichen"),
        "rows_all": ("All factors", "Alle Faktoren"),
        "rows_shared": ("Only where several works speak", "Nur wo mehrere Werke sprechen"),
        "one_source": ("one source", "eine Quelle"),
        "in_words": ("The same in words", "Dasselbe in Worten"),
        "in_words_why": (
            "Every sign of the map with its quotation and its source.",
            "Jedes Zeichen der Übersicht mit Zitat und Quelle.",
        ),
        "nobody": ("nobody", "niemand"),
        "who_asks": ("Asks for it", "Verlangt es"),
        "who_supports": ("Supports it", "Stützt es"),
        "who_qualifies": ("Qualifies it", "Schränkt es ein"),
        "who_disputes": ("Disputes it", "Widerspricht"),
        "sign": ("{who} {stance}: {title}", "{who} {stance}: {title}"),
        "read_there": ("Read it in the document", "Im Dokument lesen"),
        "close_quote": ("Close", "Schließen"),
        "save_picture": ("Save as a picture (SVG)", "Als Bild speichern (SVG)"),
        "look": ("Colours", "Farben"),
        "look_light": ("Light", "Hell"),
        "look_dark": ("Dark", "Dunkel"),
        "look_system": ("As the device", "Wie das Gerät"),
        # A conversation: what can be done with questions and answers
        "edit": ("Edit the question", "Frage ändern"),
        "edit_ask": ("Ask this instead", "So fragen"),
        "edit_cancel": ("Cancel", "Abbrechen"),
        "edit_drops": ("Questions after this one are dropped.", "Spätere Fragen fallen weg."),
        "stop": ("Stop", "Anhalten"),
        "stopped": ("Stopped before the answer was whole.", "Angehalten, bevor die Antwort vollständig war."),
        "again": ("Ask again", "Noch einmal fragen"),
        "share": ("Copy a link", "Link kopieren"),
        "share_failed": ("The link could not be made:", "Der Link ließ sich nicht anlegen:"),
        "shared_at": ("Copied. Whoever opens the link sees this answer:", "Kopiert. Wer den Link öffnet, sieht diese Antwort:"),
        "up": ("Helpful", "Hilfreich"),
        "down": ("Not helpful", "Nicht hilfreich"),
        "vote": ("Your verdict", "Ihr Urteil"),
        "reason": ("Why? Whoever keeps the library reads this.", "Warum? Das liest, wer die Bibliothek betreut."),
        "reason_other_question": ("It answers another question", "Beantwortet eine andere Frage"),
        "reason_quotation": ("A quotation does not fit", "Ein Zitat passt nicht"),
        "reason_missing": ("Something is missing", "Es fehlt etwas"),
        "reason_long": ("Too much at once", "Zu viel auf einmal"),
        "reason_words": ("In your words", "In Ihren Worten"),
        "reason_send": ("Send", "Senden"),
        "reason_skip": ("No reason", "Ohne Grund"),
        "thanks": ("Noted. Thank you.", "Notiert. Danke."),
        "not_noted": ("That could not be noted. Is the program still running?", "Das ließ sich nicht notieren. Läuft das Programm noch?"),
        "searching_part": ("Searching the chosen part of the library …", "Der gewählte Teil der Bibliothek wird durchsucht …"),
        "dropped_one": ("1 sentence of the language model left out", "1 Satz des Sprachmodells weggelassen"),
        "dropped_many": ("{n} sentences of the language model left out", "{n} Sätze des Sprachmodells weggelassen"),
        "dropped_why": (
            "The quotations do not bear them out, so they are not shown.",
            "Die Zitate decken sie nicht; deshalb werden sie nicht gezeigt.",
        ),
        "said_answered": ("Answered. {strength}, {quotations} quotations.", "Die Antwort ist da. {strength}, {quotations} Zitate."),
        "said_refused": ("The library does not answer this question.", "Die Bibliothek beantwortet diese Frage nicht."),
        "said_searching": ("Searching …", "Es wird gesucht …"),
        # Shown once more: what became of the quotations
        "recheck_since": (
            "Shared on {date}; the library has changed since.",
            "Geteilt am {date}; die Bibliothek hat sich seither geändert.",
        ),
        "recheck": (
            "{found} of {total} quotations still stand word for word where the answer says.",
            "{found} von {total} Zitaten stehen noch Wort für Wort dort, wo die Antwort sagt.",
        ),
        "verdict_moved": ("the quotation stands elsewhere in the document now", "das Zitat steht jetzt an anderer Stelle des Dokuments"),
        "verdict_changed": ("the document has changed and no longer says this", "das Dokument hat sich geändert und sagt das nicht mehr"),
        "verdict_missing": ("the document is no longer in the library", "das Dokument ist nicht mehr in der Bibliothek"),
        "as_it_stood": ("As it stood when the answer was given:", "So stand es, als die Antwort gegeben wurde:"),
        "no_such_answer": ("There is no answer under this link", "Unter diesem Link gibt es keine Antwort"),
        "no_such_answer_why": (
            "It was shared from another library, or the link is not complete. You can ask the question here.",
            "Sie wurde aus einer anderen Bibliothek geteilt, oder der Link ist unvollständig. Sie können die Frage hier stellen.",
        ),
        "not_ours": (
            "This answer was not given by this library, or it was altered. Ask the question again.",
            "Diese Antwort stammt nicht von dieser Bibliothek, oder sie wurde verändert. Stellen Sie die Frage noch einmal.",
        ),
        # History
        "history": ("History", "Verlauf"),
        "history_hint": (
            "Kept in this browser only. Answers are checked against the library anew when you open them.",
            "Nur in diesem Browser gespeichert. Beim Öffnen werden die Antworten neu gegen die Bibliothek geprüft.",
        ),
        "history_empty": ("No conversations yet.", "Noch keine Gespräche."),
        "history_one": ("{when} · 1 question", "{when} · 1 Frage"),
        "history_many": ("{when} · {n} questions", "{when} · {n} Fragen"),
        "delete": ("Delete", "Löschen"),
        "delete_this": ("Delete: {title}", "Löschen: {title}"),
        "delete_all": ("Delete all", "Alle löschen"),
        "delete_sure": ("Really delete all?", "Wirklich alle löschen?"),
        "shut": ("Close", "Schließen"),
        # What part of the library is asked
        "filter": ("Filter the sources", "Quellen eingrenzen"),
        "filter_hint": (
            "Only what you choose is asked. Choose nothing in a group to leave it open.",
            "Gefragt wird nur, was Sie wählen. Wählen Sie in einer Gruppe nichts, bleibt sie offen.",
        ),
        "filter_topics": ("Topics", "Themen"),
        "filter_years": ("Years of publication", "Erscheinungsjahre"),
        "filter_first": ("From", "Von"),
        "filter_last": ("To", "Bis"),
        "filter_languages": ("Language of the sources", "Sprache der Quellen"),
        "filter_works": ("Works", "Werke"),
        "filter_find": ("Find a work", "Werk suchen"),
        "filter_many": (
            "With {works} works in the library, choose by topic and year.",
            "Bei {works} Werken in der Bibliothek wählen Sie nach Thema und Jahr.",
        ),
        "filter_empty": ("The library holds nothing to choose from yet.", "Die Bibliothek hat noch nichts, was man wählen könnte."),
        "filter_apply": ("Apply", "Anwenden"),
        "filter_clear": ("Clear", "Zurücksetzen"),
        "filter_remove": ("Leave out this filter: {label}", "Diese Eingrenzung aufheben: {label}"),
        "filter_failed": (
            "The choices could not be loaded. Is the program still running?",
            "Die Auswahl ließ sich nicht laden. Läuft das Programm noch?",
        ),
        "years_from": ("from {year}", "ab {year}"),
        "years_to": ("until {year}", "bis {year}"),
        "limited": ("Asked only:", "Gefragt nur:"),
        "sources_de": ("sources in German", "Quellen auf Deutsch"),
        "sources_en": ("sources in English", "Quellen auf Englisch"),
        # When the program does not answer
        "offline": (
            "The program does not answer. If it was closed, start it again with: python app.py – your question stays here.",
            "Das Programm antwortet nicht. Falls es beendet wurde, starten Sie es neu mit: python app.py – Ihre Frage bleibt stehen.",
        ),
        "offline_turn": ("The question did not get through.", "Die Frage kam nicht an."),
        # Pages of a PDF
        "as_text": ("Text", "Text"),
        "as_page": ("Page", "Seite"),
        "way_of_showing": ("Show the passage as", "Die Stelle zeigen als"),
        "sheet": ("Page {page} of {title}, the quotation marked", "Seite {page} von {title}, das Zitat markiert"),
        "sheet_unmarked": (
            "The words could not be found on the picture of the page, so nothing is marked there; the text view marks them.",
            "Die Wörter waren auf dem Bild der Seite nicht zu finden, deshalb ist dort nichts markiert; die Textansicht markiert sie.",
        ),
        "sheet_enlarge": ("Open page {page} in full size", "Seite {page} in voller Größe öffnen"),
        "no_original": (
            "The original file is not at hand, or it has changed since it was read; the text is shown as it was read.",
            "Die Originaldatei ist nicht zur Hand, oder sie wurde seither geändert; gezeigt wird der Text, wie er gelesen wurde.",
        ),
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
