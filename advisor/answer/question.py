"""What a question asks for, by its words."""

from __future__ import annotations

import re

FRAGMENT = 5  # words of a question that leans on the one before it
_SEVERAL = re.compile(
    r"\b(what (?:do|does|must|should|would|has|have|all)\b.*\b(?:need|consider|have in place|settled|prepare|clarify|decide)|which|list|name|"
    r"checklist|factors?|steps?|conditions?|requirements?|resources|prerequisites|criteria|stages|types|elements|reasons|lessons|"
    r"demands?|requires?|recommends?|asks? for|fordert|fordern|verlangt|verlangen|empfiehlt|empfehlen|rät|raten|"
    r"was (?:brauch|benötig|muss|müss|gehört|sollte)|welche|nenne|woran|worauf|checkliste|faktoren|schritte|voraussetzung|bedingung|"
    r"kriterien|ressourcen|stufen|phasen|typen|gründe|elemente)",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\b(how (?:many|much|long|often|large|big|high|far)|what (?:share|percentage|percent|proportion)|when|"
    r"wie ?(?:viele?|lange?|oft|hoch|groß|stark|weit)|welche[rn]? (?:anteil|prozent)|wann|prozent|percent|anteil)\b",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"(?<=[?!.])\s+|,?\s+(?:and|und|&)\s+(?=(?:what|which|who|whom|how|when|where|why|was|welche[nrsm]?|wer|wen|wem|wie|wann|wo|woran|warum)\b)",
    re.IGNORECASE,
)
_CHECK = re.compile(
    r"\b(is (?:it|that|this) (?:true|right|correct|so)|(?:really|actually) (?:true|right)|claims?|supposedly|i (?:read|heard) that|"
    r"stimmt (?:es|das|die|der)|ist (?:das|es) (?:wahr|richtig|so)|trifft .{0,40}\bzu|behaupte[tn]|where does (?:it|that|this) come from|who says (?:so|that|this)\b|wer sagt das\b|von wem\W*$|did .{1,40} themselves|"
    r"woher (?:stammt|stammen|kommt|kommen)|selbst (?:erhoben|gemessen|befragt)|angeblich|wirklich|tatsächlich|belastbar)\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(today|nowadays|current(?:ly)?|this (?:year|month|week)|right now|latest|newest|(?:20(?:1[9]|[2-9]\d))|"
    r"heute|heutzutage|zurzeit|zur zeit|aktuell\w*|derzeit\w*|momentan|dieses jahr|diesen monat|neueste[nrsm]?|gerade jetzt)\b",
    re.IGNORECASE,
)
_FORESIGHT = re.compile(
    r"\b(will (?:our|we|it|the|my|three|this)|(?:are|is) (?:we|our \w+) going to|how many .{0,40}\b(?:will|would) .{0,60}\b(?:bring|get|gain|win)|"
    r"wird (?:unser\w*|sich|der|die|das)|werden wir|steigt unser\w*|bringen uns|bringt uns|nächste[ns]? (?:jahr|quartal))\b",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"\b(salar(?:y|ies)|wages?|average pay|pay rise|pric(?:e|es|ing)|costs? per|cheap(?:er|est)?|expensive|subscription|discount|"
    r"write (?:me|us|a)|draft (?:me|us|a)|translate|summari[sz]e|step by step|how do i (?:set up|create|install|delete|log)|should i (?:quit|resign|leave)|"
    r"gehalt\w*|gehälter\w*|einstiegsgehalt|verdien(?:t|en|ste?)|lohn|löhne|preis\w*|kostet|günstig(?:er|ste\w*)?|billig\w*|teuer|abo|rabatt|"
    r"schreib(?:e|en)? (?:mir|uns|einen|eine|bitte)|formulier\w* (?:mir|uns)|übersetze?|angebote? (?:geschickt|gemacht|vorgelegt|bekommen|eingeholt|abgegeben)|angebote (?:von|der)|welche[nrs]? (?:sollen|sollten|nehmen) wir|bewerber\w*|kandidat\w*|soll ich kündigen|"
    r"recipe|weather|rezept|wetter|football|fußball|bundesliga|python|javascript|excel)\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"\b(what (?:exactly |actually |precisely )?(?:is|are) (?:an? |the )?['\"„“‘’\w-]+(?: [\w'\"“”‘’-]+){0,4}(?: exactly| actually| about)?(?=\s*[?,.;:]|$| and\b)|"
    r"what (?:does|do|did) .{1,60} (?:mean|stand for)|what is meant by|meaning of|definition of|defined?\b|what'?s (?:an?|the) \w+(?= *\?)|"
    r"was (?:genau |eigentlich )?(?:ist|sind) (?:ein|eine|der|die|das )? ?['\"„“\w-]+(?: [\w'\"“-]+){0,3}(?=\s*[?,.;:]|$| und\b)|was (?:genau )?(?:bedeutet|heißt|meint)|"
    r"was (?:genau )?versteht man|was ist (?:mit|unter) .{1,60} (?:gemeint|zu verstehen)|bedeutung von|definier\w*|definition)",
    re.IGNORECASE,
)
_AVOID = re.compile(
    r"\b((?:should|must|ought) (?:we|i|you|one|companies|firms|a company|managers) (?:definitely |really |better |absolutely |rather )?"
    r"(?:not|never|avoid|stop)|(?:shouldn|mustn)['’]?t (?:we|i|you|one)|not (?:to )?do\b|avoid\w*|don['’]?ts\b|pitfalls|mistakes|(?:which|what) (?:mistake|error)|errors\b|what goes wrong|"
    r"keep away from|steer clear|refrain|(?:go|goes|went) wrong|fallacies|misconceptions|"
    r"(?:soll(?:te|ten|en)?|darf|dürfen|sollte man|muss|müssen) (?:wir|ich|man|unternehmen|firmen|eine firma) (?:[^\s.,?!]+ ){0,6}(?:nicht|nie|niemals|vermeiden|meiden)(?: \w+)?\s*[?!.]?$|"
    r"auf keinen fall|keinesfalls|(?:lieber|besser) nicht\b|was nicht\b|nicht (?:tun|machen)\b|vermeiden|vermeidet|meiden|fehler\w*|denkfehler|irrt(?:um|ümer)\w*|fallstrick\w*|stolperstein\w*|finger (?:weg|lassen))",
    re.IGNORECASE,
)
_WARNING = re.compile(
    r"\b(mistake\w*|error\w*|avoid\w*|pitfalls?|fail\w*|never\b|must not|should not|do not|don't|not to\b|myth\w*|misconception\w*|bad strategy|wrong\w*|warn\w*|danger\w*|risk\w*|"
    r"backfir\w*|anger grew|fuel\w*|against \w+ing\b|made (?:it|things) worse|instead of|mistak\w*|trap\w*|lack\w*|barrier\w*|"
    r"fehler\w*|vermeid\w*|scheiter\w*|niemals|darf nicht|dürfen nicht|soll(?:te|ten|en)? nicht|irrt(?:um|ümer)\w*|mythos|mythen|falsch\w*|warn\w*|gefahr\w*|gefähr\w*|"
    r"risik\w*|schlechte\w* strategie|statt\b|anstatt|mangel\w*|fehl(?:t|en|te|ten)\b|hindern\w*|verfehl\w*|gegen das\b|anfachen|nahm .{0,20}\bzu\b)",
    re.IGNORECASE,
)
_DEMAND = re.compile(
    r"\b(must|needs? (?:to\b|an?\b|the\b|enough|clear|sufficient)|ha(?:s|ve) to|should|ought to|necessary|necessity|requires?|required|requirements?|"
    r"prerequisites?|preconditions?|essential|indispensable|crucial|vital|imperative|depends? on|"
    r"muss|müssen|müss(?:t)en?|soll(?:te|ten|en)|nötig|notwendig\w*|erforderlich\w*|unerlässlich\w*|unverzichtbar\w*|unabdingbar\w*|voraussetzung\w*|"
    r"vorbedingung\w*|setz(?:t|en)\b.{1,80}\bvoraus|gilt es|braucht|brauchen|bedarf|benötig(?:t|en)|erforder[nt]|entscheidend\w*|unentbehrlich\w*)\b",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"(?:(?:^|[,;:.–—]|\s-)\s*)(?:(?:so )?what (?:do|does|did) (?:the )?(?:researchers?|experts?|scholars?|authors?|sources?|studies|research|literature|"
    r"science|library|books?) (?:say|think|find|recommend|suggest|tell us)(?: (?:about|on) (?:that|this|it))?|"
    r"was (?:sagen|sagt|meinen|meint|raten|rät|wissen|empfehlen|empfiehlt) (?:denn )?(?:die |der )?(?:forsch\w+|expert\w+|wissenschaft\w*|literatur|"
    r"autoren|quellen|studien|fachleute|bücher|bibliothek)(?: (?:dazu|darüber|da))?)(?=\s*(?:[?.!,;]|$))|"
    r"^\W*(?:(?:please|quick question|hi|hello|hallo|guten tag|kurze frage|bitte|mal)[,:!]?\s+)*(?:(?:can|could) you (?:please )?(?:tell|explain to) (?:me|us),?|(?:please )?tell me,?|"
    r"i(?:'d| would) like to know,?|(?:kannst du|können sie) (?:mir|uns) (?:bitte )?(?:sagen|erklären),?|sag(?:en sie)? mir (?:bitte )?,?|ich (?:wüsste|möchte) gern(?:e)? (?:wissen)?,?)\s+",
    re.IGNORECASE,
)


def parts(question: str) -> list[str]:
    """The questions in a question: "How large is X, and who runs it? Since when?" has three; a part of fewer than three words is none."""
    pieces = [piece.strip(" ,;") for piece in _JOINT.split(question)]
    return [piece for piece in pieces if len(piece.split()) >= 3]


def subject(question: str) -> str:
    """The question without words that only frame it: "what do the researchers say?", "can you tell me"."""
    rest = _FRAME.sub(" ", question)
    rest = re.sub(r"\s+([?.!,;])", r"\1", " ".join(rest.split())).strip(" ,;:–—-")
    return rest if len(rest.split()) >= 3 else question


def wants_several(question: str) -> bool:
    """True where the words of a question ask for several things: a list is the answer."""
    return bool(_SEVERAL.search(question))


def wants_figure(question: str) -> bool:
    """True where the words of a question ask for a number or a time."""
    return bool(_FIGURE.search(question))


def wants_check(question: str) -> bool:
    """True where a question puts a claim to the test."""
    return bool(_CHECK.search(question))


def asks_for_now(question: str) -> bool:
    """True where a question is about the present day, of which a library of older works knows nothing."""
    return bool(_NOW.search(question))


def asks_to_foresee(question: str) -> bool:
    """True where a question asks what will become of the asker's own firm."""
    return bool(_FORESIGHT.search(question))


def asks_for_outside(question: str) -> bool:
    """True where a question asks for prices, pay, texts to be written, choices among the asker's own offers, or everyday matters."""
    return bool(_OUTSIDE.search(question))


def manner(question: str) -> str:
    """The words that say in which manner to answer: a fragment at the end such as "and for how long?", else the whole question."""
    last = _JOINT.split(question.strip())[-1]
    return last if len(last.split()) <= FRAGMENT and (wants_figure(last) or wants_check(last)) else question


def wants_definition(question: str) -> bool:
    """True where a question asks what something is or means."""
    return bool(_DEFINITION.search(question))


def wants_avoidance(question: str) -> bool:
    """True where a question asks what not to do: what is to be done is no answer to it."""
    return bool(_AVOID.search(question))


def is_warning(text: str) -> bool:
    """True for text that speaks of mistakes, dangers and what does not work."""
    return bool(_WARNING.search(text))


def is_demand(text: str) -> bool:
    """True for text that says what is needed: what must be, is necessary, or is required."""
    return bool(_DEMAND.search(text))


def is_out_of_reach(question: str) -> bool:
    """True where a question asks for the present day, the asker's own future, or matters that no such library has."""
    return asks_for_now(question) or asks_to_foresee(question) or asks_for_outside(question)
