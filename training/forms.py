"""Forms that a stemmer does not bring together: strong and separable German verbs, German numbers, irregular and British English."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

Entry = tuple[str, tuple[str, ...]]

# Infinitive without -en, and the stems of its other forms (present, past, participle).
STRONG = """
back bäckt gebacken|befehl befiehlt befahl befohlen|beginn begann begonnen|beiß biss gebissen|berg birgt barg geborgen|bieg bog gebogen
biet bot geboten|bind band gebunden|bitt bat gebeten|blas bläst blies geblasen|bleib blieb geblieben|brat brät briet gebraten
brech bricht brach gebrochen|brenn brannte gebrannt|bring brachte gebracht|denk dachte gedacht|dring drang gedrungen|ess isst aß gegessen
fahr fährt fuhr gefahren|fall fällt fiel gefallen|fang fängt fing gefangen|fecht ficht focht gefochten|find fand gefunden
flecht flicht flocht geflochten|flieg flog geflogen|flieh floh geflohen|fließ floss geflossen|fress frisst fraß gefressen
frier fror gefroren|geb gibt gab gegeben|geh ging gegangen|gelt gilt galt gegolten|gieß goss gegossen|gleich glich geglichen
gleit glitt geglitten|grab gräbt grub gegraben|greif griff gegriffen|halt hält hielt gehalten|häng hing gehangen
heb hob gehoben|heiß hieß geheißen|helf hilft half geholfen|kenn kannte gekannt|kling klang geklungen|komm kam gekommen
kriech kroch gekrochen|lad lädt lud geladen|lass lässt ließ gelassen|lauf läuft lief gelaufen|leid litt gelitten|leih lieh geliehen
les liest las gelesen|lieg lag gelegen|lüg log gelogen|mahl mahlte gemahlen|meid mied gemieden|mess misst maß gemessen
nehm nimmt nahm genommen|nenn nannte genannt|pfeif pfiff gepfiffen|preis pries gepriesen|rat rät riet geraten|reib rieb gerieben
reiß riss gerissen|reit ritt geritten|renn rannte gerannt|riech roch gerochen|ring rang gerungen|ruf rief gerufen
saug sog gesogen|schaff schuf geschaffen|scheid schied geschieden|schein schien geschienen|schieb schob geschoben
schieß schoss geschossen|schlaf schläft schlief geschlafen|schlag schlägt schlug geschlagen|schließ schloss geschlossen
schmelz schmilzt schmolz geschmolzen|schneid schnitt geschnitten|schreib schrieb geschrieben|schrei schrie geschrien
schreit schritt geschritten|schweig schwieg geschwiegen|schwell schwillt schwoll geschwollen|schwimm schwamm geschwommen
schwind schwand geschwunden|schwing schwang geschwungen|schwör schwor geschworen|seh sieht sah gesehen|send sandte gesandt
sing sang gesungen|sink sank gesunken|sitz saß gesessen|sprech spricht sprach gesprochen|spring sprang gesprungen
stech sticht stach gestochen|steh stand gestanden|stehl stiehlt stahl gestohlen|steig stieg gestiegen|sterb stirbt starb gestorben
stoß stößt stieß gestoßen|streich strich gestrichen|streit stritt gestritten|trag trägt trug getragen|treff trifft traf getroffen
treib trieb getrieben|tret tritt trat getreten|trink trank getrunken|tu tat getan|verderb verdirbt verdarb verdorben
vergess vergisst vergaß vergessen|verlier verlor verloren|wachs wächst wuchs gewachsen|wasch wäscht wusch gewaschen|weich wich gewichen
weis wies gewiesen|wend wandte gewandt|werb wirbt warb geworben|werf wirft warf geworfen|wieg wog gewogen|wind wand gewunden
wiss weiß wusste gewusst|zieh zog gezogen|zwing zwang gezwungen|gewinn gewann gewonnen|genieß genoss genossen|gescheh geschieht geschah
empfehl empfiehlt empfahl empfohlen|empfang empfängt empfing|empfind empfand empfunden|erlösch erlischt erlosch erloschen
erschreck erschrickt erschrak erschrocken|entscheid entschied entschieden|verschwind verschwand verschwunden
"""
SEPARABLE = (
    "ab an auf aus bei dar ein empor entgegen fehl fern fest fort frei gegenüber gleich heim her heran heraus herbei herein herum herunter "
    "hervor hin hinaus hinein hinunter hinweg hinzu hoch los mit nach nahe nieder rück statt still teil überein um unter vor voran voraus "
    "vorbei vorüber vorweg weg weiter wieder zu zurecht zurück zusammen dabei daran davon dazu durch über entlang voll bereit bekannt"
).split()
INSEPARABLE = "be ent er ge miss ver zer durch hinter über um unter wider wieder".split()
_NOUN_ENDINGS = ("ung", "heit", "keit", "nis", "schaft", "tion", "er", "el", "ig", "lich", "isch", "ismus", "tat", "t", "d", "s", "n")

# Base form and the forms that the English stemmer does not take back to it.
IRREGULAR = """
arise arose arisen|awake awoke|bear bore borne|beat beaten|become became|begin began begun|bend bent|bind bound|bite bit bitten
bleed bled|blow blew blown|break broke broken|breed bred|bring brought|build built|burn burnt|buy bought|catch caught|choose chose chosen
come came|creep crept|deal dealt|dig dug|do did done|draw drew drawn|dream dreamt|drink drank drunk|drive drove driven|eat ate eaten
fall fell fallen|feed fed|feel felt|fight fought|find found|flee fled|fly flew flown|forbid forbade forbidden|forget forgot forgotten
forgive forgave forgiven|freeze froze frozen|get got gotten|give gave given|go went gone|grow grew grown|hang hung|hear heard
hide hid hidden|hold held|keep kept|know knew known|lay laid|lead led|learn learnt|leave left|lend lent|lie lay lain|light lit
lose lost|make made|mean meant|meet met|pay paid|ride rode ridden|ring rang rung|rise rose risen|run ran|say said|see saw seen|seek sought
sell sold|send sent|shake shook shaken|shine shone|shoot shot|show shown|shrink shrank shrunk|sing sang sung|sink sank sunk|sit sat
sleep slept|slide slid|speak spoke spoken|spend spent|spin spun|spring sprang sprung|stand stood|steal stole stolen|stick stuck
strike struck|swear swore sworn|sweep swept|swim swam swum|swing swung|take took taken|teach taught|tear tore torn|tell told
think thought|throw threw thrown|understand understood|undertake undertook undertaken|wake woke woken|wear wore worn|win won
wind wound|withdraw withdrew withdrawn|withstand withstood|write wrote written|overcome overcame|foresee foresaw foreseen|undergo underwent
man men|woman women|child children|foot feet|tooth teeth|goose geese|mouse mice|ox oxen|person people|half halves|life lives|leaf leaves
knife knives|wife wives|wolf wolves|shelf shelves|thief thieves|self selves|analysis analyses|basis bases|crisis crises|thesis theses
hypothesis hypotheses|criterion criteria|phenomenon phenomena|medium media|datum data|bacterium bacteria|curriculum curricula
stimulus stimuli|nucleus nuclei|index indices|matrix matrices|appendix appendices|good better best|bad worse worst|far further furthest
high height|long length|strong strength|deep depth|wide width|warm warmth|die death|choose choice|lose loss|succeed success|grow growth
sell sale|advise advice|believe belief|prove proof|fly flight|think thought|speak speech|live life|rob robbery|marry marriage
"""
BRITISH = (("iz", "is"), ("yz", "ys"), ("our", "or"), ("or", "our"), ("er", "re"), ("og", "ogu"), ("ens", "enc"))
_UNITS = "ein zwei drei vier fünf sechs sieben acht neun".split()
_TEENS = "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn".split()
_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_ENGLISH_UNITS = "one two three four five six seven eight nine".split()
_ENGLISH_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth"}


def german_forms(lexicon: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Entries for forms of verbs and numbers that the lexicon does not hold, with the translations of what they are forms of."""
    import Stemmer

    stem = Stemmer.Stemmer("german").stemWord
    found: dict[str, tuple[str, ...]] = {}
    for form, translations in (*_numbers(), *_strong(lexicon, stem), *_weak(lexicon)):
        if stem(form) not in lexicon:
            found.setdefault(stem(form), translations)
    return found


def _strong(lexicon: Mapping[str, tuple[str, ...]], stem: Callable[[str], str]) -> Iterator[Entry]:
    for line in STRONG.replace("|", "\n").split("\n"):
        infinitive, *forms = line.split() or [""]
        for prefix in ("", *SEPARABLE, *INSEPARABLE) if infinitive else ():
            translations = lexicon.get(stem(prefix + infinitive + "en"))
            if translations:
                for form in forms:
                    yield prefix + form, translations
                    if prefix in INSEPARABLE and form.startswith("ge"):
                        yield prefix + form[2:], translations
                if prefix in SEPARABLE:
                    yield f"{prefix}zu{infinitive}en", translations


def _weak(lexicon: Mapping[str, tuple[str, ...]]) -> Iterator[Entry]:
    """Present, participle and infinitive with zu of regular verbs; a stem counts as a verb where its base has a participle."""
    for verb, translations in lexicon.items():
        if not translations or verb.endswith(_NOUN_ENDINGS):
            continue
        if verb.endswith("i"):
            yield verb + "ert", translations
        for prefix in SEPARABLE:
            base = verb.removeprefix(prefix)
            if verb != base and (f"ge{base}t" in lexicon or f"{base}t" in lexicon):
                yield from ((form, translations) for form in (verb + "t", f"{prefix}ge{base}t", f"{prefix}zu{base}en"))
        for prefix in INSEPARABLE:
            base = verb.removeprefix(prefix)
            if verb != base and len(base) > 3:
                yield verb + "t", translations


def _numbers() -> Iterator[Entry]:
    """Number words from 1 to 99 and their ordinals; English ones in words and in digits."""
    words = {number: pair for number, pair in enumerate(zip(_UNITS + _TEENS, _ENGLISH_UNITS + _ENGLISH_TEENS, strict=True), 1)}
    for ten, (german, english) in enumerate(zip(_TENS, _ENGLISH_TENS, strict=True), 2):
        words[10 * ten] = german, english
        for unit, (low, high) in enumerate(zip(_UNITS, _ENGLISH_UNITS, strict=True), 1):
            words[10 * ten + unit] = f"{low}und{german}", f"{english}-{high}"
    for number, (german, english) in words.items():
        yield german, (english, str(number))
        yield german + ("te" if number < 20 else "ste"), (ordinal(english), f"{number}{_ending(number)}")


def ordinal(number: str) -> str:
    """The ordinal of an English number word below one hundred."""
    head, dash, last = number.rpartition("-")
    return head + dash + (_ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th"))


def _ending(number: int) -> str:
    return "th" if 10 < number < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def english_forms() -> dict[str, list[str]]:
    """English stem → stems of its irregular forms."""
    import Stemmer

    stem = Stemmer.Stemmer("english").stemWord
    found: dict[str, list[str]] = {}
    for line in IRREGULAR.replace("|", "\n").split("\n"):
        base, *forms = map(stem, line.split() or [""])
        found.setdefault(base, []).extend(form for form in forms if form != base)
    return {base: forms for base, forms in found.items() if forms}


def british(stem: str) -> list[str]:
    """Other spellings of an English stem, British for American and the reverse; most are no words, which does no harm in a lookup."""
    spellings = [stem[: -len(american)] + other for american, other in BRITISH if stem.endswith(american)]
    return spellings + [stem.replace("iz", "is")] * ("iz" in stem[3:] and not stem.endswith("iz"))
