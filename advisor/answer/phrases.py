"""The connecting words of an answer, in English and German; facts are never among them."""

from __future__ import annotations

_PHRASES = {
    "en": {
        "lists": "{who} lists:",
        "list": "{who} list:",
        "several": "What several works ask for",
        "works": "{n} works",
        "further": "What else the library says",
        "disagreement": "Where the sources disagree",
        "origin": "Where it comes from",
        "other_language": "The library holds this only in {original}; the original is quoted.",
        "reported_list": "This list is reported, not checked.",
        "quoted_after": "quoted after {who}",
        "refusal": "The library does not answer this question.",
        "searched": "Searched: {documents} documents of {works} works, in words and in meaning, in English and German.",
        "nearest": "The nearest passages, which do not answer it:",
        "related": "Questions that it does answer:",
        "weak": "The library touches this only in passing; read the passages before you rely on them.",
        "page": "p. {page}",
        "de": "German",
        "en": "English",
    },
    "de": {
        "lists": "{who} nennt:",
        "list": "{who} nennen:",
        "several": "Was mehrere Werke verlangen",
        "works": "{n} Werke",
        "further": "Was die Bibliothek sonst dazu sagt",
        "disagreement": "Worin die Quellen auseinandergehen",
        "origin": "Woher es stammt",
        "other_language": "Die Bibliothek hat das nur auf {original}; zitiert wird das Original.",
        "reported_list": "Diese Liste ist berichtet, nicht geprüft.",
        "quoted_after": "zitiert nach {who}",
        "refusal": "Die Bibliothek beantwortet diese Frage nicht.",
        "searched": "Durchsucht: {documents} Dokumente zu {works} Werken, nach Wörtern und nach Bedeutung, auf Deutsch und Englisch.",
        "nearest": "Die nächstliegenden Stellen, die sie nicht beantworten:",
        "related": "Fragen, die sie beantwortet:",
        "weak": "Die Bibliothek berührt das nur am Rand; lesen Sie die Stellen, bevor Sie sich darauf stützen.",
        "page": "S. {page}",
        "de": "Deutsch",
        "en": "Englisch",
    },
}


def phrase(key: str, language: str, **values: object) -> str:
    """A connecting phrase in the language of the answer."""
    return _PHRASES["de" if language == "de" else "en"][key].format(**values)
