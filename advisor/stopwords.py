"""Words that carry no subject, in English and German.

STOP words are not indexed. FAINT words are, but count little in a question: "before" and "need" say how it is meant, not what it is about;
in a small library they are rare enough to look important.
"""

from __future__ import annotations

_FAINT_ENGLISH = frozenset(
    """
    a about above after again all almost along already also although always am among an and another any anybody anyone anything are as at
    away be became because been before behind being below between both but by can cannot could did do does doing done down during each
    either else enough even ever every everybody everyone everything few for from further get gets getting give given go goes going got
    had has have having he her here hers herself him himself his how however i if in instead into is it its itself just kind let lets like
    made make makes many may me might mine more most much must my myself need needed needs neither never no nobody none nor not nothing now
    of off often on once one only onto or other others otherwise ought our ours ourselves out over own per perhaps please put quite rather
    really right s said same say says see seem seems she should since so some somebody someone something sort still such t take tell than
    that the their theirs them themselves then there therefore these they thing things this those though through thus to together too
    toward towards under until up upon us use used using very want wants was way ways we well were what whatever when where whereas whether
    which while who whole whom whose why will with within without would yes yet you your yours yourself really actually exactly simply
    us ourselves cause ll re ve d m don didn doesn isn aren wasn weren won
    """.split()
)
_FAINT_GERMAN = frozenset(
    """
    ab aber alle allem allen aller alles als also am an andere anderem anderen anderer anderes ans auch auf aus außer bei beim bereits bevor
    bin bis bisher bist bitte brauche brauchen brauchst braucht brauchten da dabei dadurch dafür dagegen daher dahin damit danach daneben
    dann daran darauf daraus darf darfst darin darüber darum darunter das dass daß davon davor dazu dein deine deinem deinen deiner dem den
    denen denn dennoch der deren des deshalb dessen die dies diese diesem diesen dieser dieses doch dort du durch dürfen dürfte eben ehe
    eher eigentlich ein eine einem einen einer eines einfach einige einigem einigen einiger einiges einmal er erst es etwa etwas euch euer
    eure falls fast für ganz gar geben gegen gehen geht gehört genau gerade gern gibt hab habe haben hast hat hatte hatten hätte hätten her
    heute hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im immer in indem ins irgend ist ja je jede jedem jeden jeder
    jedes jedoch jene jenem jenen jener jenes jetzt kann kannst kein keine keinem keinen keiner können könnt könnte könnten lassen lässt
    machen macht mal man manche manchem manchen mancher manches mehr mein meine meinem meinen meiner mich mir mit muss müssen musst müsste
    müssten nach nachdem neben nein nicht nichts nie noch nun nur ob obwohl oder ohne sagen sagt schon sehr sei seid sein seine seinem
    seinen seiner seines seit selbst sich sie sind so sobald sogar solche solchem solchen solcher solches soll sollen sollte sollten sondern
    sonst soviel sowie sowohl statt trotz über um und uns unser unsere unserem unseren unserer unseres unter usw viel viele vielen vieler
    vielleicht vom von vor vorher wann war waren warum was weder weil welche welchem welchen welcher welches wem wen wenig weniger wenn wer
    werde werden wessen wie wieder wieso will wir wird wirklich wo wobei wodurch wofür woher wohin wollen womit woran worauf woraus worin
    worüber worum wovon wozu wurde wurden während wäre wären würde würden zu zum zur zwar zwischen überhaupt kommt kommen kam sage schauen
    """.split()
)
STOP = {
    "en": frozenset(
        "the a an of in on at to for and or is are was were be been being by with from as that this these those it its what which who "
        "whom whose when where why how did do does has have had not no than then there their they he she his her him i you we our your "
        "my me us them if but so can could would should will may might into about over after before between during".split()
    ),
    "de": frozenset(
        "der die das den dem des ein eine einer eines einem einen und oder ist sind war waren sein seine seiner wurde wurden werden wird "
        "worden von vom zu zum zur im in an am auf aus bei mit nach für als dass daß dies diese dieser dieses es er sie ihr ihre wir ich "
        "du was welche welcher welches welchen wer wen wem wessen wann wo warum wie hat haben hatte hatten nicht kein keine sich auch "
        "nur noch über unter vor zwischen während durch gegen ohne um so wenn aber kann können könnte".split()
    ),
}
FAINT = {"en": _FAINT_ENGLISH, "de": _FAINT_GERMAN}
