"""What managers ask about: sixteen topics, each with questions as they are typed, from which the topic of a new question is told.

Works carry topics in their front matter; a question's topics raise the works that carry them. The questions here are examples of a
kind, in both languages; their vectors are made with the index's own encoder and stored in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with its name and examples of questions, by language."""

    key: str
    name: dict[str, str]
    examples: dict[str, tuple[str, ...]]


def _topic(key: str, english: str, german: str, english_examples: str, german_examples: str) -> Topic:
    examples = {"en": english_examples, "de": german_examples}
    return Topic(
        key,
        {"en": english, "de": german},
        {language: tuple(filter(None, map(str.strip, t.split("|")))) for language, t in examples.items()},
    )


TOPICS = (
    _topic(
        "launch", "Before the launch", "Vor dem Start",
        "What do we need before we start with social media? | What must be in place before our first channel goes live? | Prerequisites "
        "for entering social networks | What should a company prepare before opening its own page? | What has to be decided before we launch?",
        "Was brauchen wir, bevor wir mit Social Media anfangen? | Welche Voraussetzungen müssen vor dem Start erfüllt sein? | Was muss vor dem "
        "ersten eigenen Kanal geklärt sein? | Was gehört zur Vorbereitung auf soziale Netzwerke? | Einstieg in Social Media: Erfolgsfaktoren",
    ),
    _topic(
        "budget-staffing", "Budget and staff", "Budget und Personal",
        "How much money and how many people does it take? | What budget is needed and for how long? | How large are social media teams? | "
        "Do we need dedicated staff? | Which resources must be secured?",
        "Wie viel Geld und wie viele Leute braucht es? | Wie hoch muss das Budget sein und für wie lange? | Wie groß sind die Teams? | "
        "Brauchen wir eigenes Personal dafür? | Welche Mittel müssen gesichert sein?",
    ),
    _topic(
        "goals", "Goals", "Ziele",
        "Which goals should we set? | How do we write good objectives? | What makes a goal measurable? | Which objective fits our company?",
        "Welche Ziele sollen wir setzen? | Wie formuliert man gute Ziele? | Was macht ein Ziel messbar? | Welches Ziel passt zu uns?",
    ),
    _topic(
        "measurement", "Measurement and return", "Messung und Ertrag",
        "How do we measure success? | Can the return on investment be calculated? | Which indicators and metrics count? | Does it pay off?",
        "Wie messen wir den Erfolg? | Lässt sich der Return on Investment berechnen? | Welche Kennzahlen zählen? | Rechnet sich das?",
    ),
    _topic(
        "alignment", "Fit with company strategy", "Abstimmung mit der Unternehmensstrategie",
        "How does it fit the overall strategy of the company? | Must social media follow the business strategy? | Strategy first or "
        "technology first?",
        "Wie passt das zur Gesamtstrategie des Unternehmens? | Muss Social Media der Unternehmensstrategie folgen? | Erst Strategie oder "
        "erst Technik?",
    ),
    _topic(
        "culture", "Culture and silos", "Kultur und Silos",
        "Do we have to change our culture? | How do departments stop working in silos? | Does openness come first or last?",
        "Müssen wir unsere Unternehmenskultur ändern? | Wie überwinden wir das Denken in Abteilungen? | Kommt der Kulturwandel zuerst?",
    ),
    _topic(
        "organisation", "Organisation", "Organisation",
        "Who should run social media in the company? | Central team or every department for itself? | How do companies organise for it?",
        "Wer soll Social Media im Unternehmen verantworten? | Zentrales Team oder jede Abteilung für sich? | Wie organisieren sich Firmen dafür?",
    ),
    _topic(
        "governance", "Rules and control", "Regeln und Kontrolle",
        "Do we need guidelines for employees? | How much control, how much freedom? | Which policies should be written down?",
        "Brauchen wir Richtlinien für Mitarbeiter? | Wie viel Kontrolle, wie viel Freiheit? | Welche Regeln gehören aufgeschrieben?",
    ),
    _topic(
        "platforms", "Choosing platforms", "Wahl der Plattformen",
        "Which platforms should we choose? | Facebook, Twitter or a blog? | Who uses which network? | One channel or many?",
        "Welche Plattformen sollen wir wählen? | Facebook, Twitter oder Blog? | Wer nutzt welches Netzwerk? | Ein Kanal oder viele?",
    ),
    _topic(
        "dialogue", "Dialogue and content", "Dialog und Inhalte",
        "How should we talk with customers online? | What should we post, and how often? | How do we use customer feedback?",
        "Wie sprechen wir online mit Kunden? | Was und wie oft sollen wir posten? | Wie nutzen wir die Rückmeldungen der Kunden?",
    ),
    _topic(
        "crowd", "Crowd and open innovation", "Crowd und offene Innovation",
        "Can customers develop our products? | When does crowdsourcing work? | Do ideas from outside replace our own research?",
        "Können Kunden unsere Produkte entwickeln? | Wann funktioniert Crowdsourcing? | Ersetzen Ideen von außen die eigene Forschung?",
    ),
    _topic(
        "community", "Community and ambassadors", "Community und Botschafter",
        "How do we build a brand community? | How do we win fans who recommend us? | Should we pay influencers?",
        "Wie bauen wir eine Marken-Community auf? | Wie gewinnen wir Fans, die uns empfehlen? | Sollen wir Influencer bezahlen?",
    ),
    _topic(
        "voices", "Employees and leaders as voices", "Mitarbeiter und Führung als Stimmen",
        "Should employees speak for the company online? | Should our CEO be on social media? | How do we train staff?",
        "Sollen Mitarbeiter online für die Firma sprechen? | Soll unser Chef in sozialen Netzwerken auftreten? | Wie schulen wir das Personal?",
    ),
    _topic(
        "crisis", "Crisis and reputation", "Krise und Ruf",
        "What do we do in a shitstorm? | How should we answer criticism? | Which mistakes make a crisis worse?",
        "Was tun bei einem Shitstorm? | Wie antworten wir auf Kritik? | Welche Fehler machen eine Krise schlimmer?",
    ),
    _topic(
        "law", "Legal duties", "Rechtliche Pflichten",
        "Which legal duties apply to our page? | Do we need an imprint? | Must advertising be labelled? | Who is liable for data protection?",
        "Welche rechtlichen Pflichten gelten für unsere Seite? | Brauchen wir ein Impressum? | Muss Werbung gekennzeichnet sein? | Wer haftet "
        "für den Datenschutz? | Darf der Betriebsrat mitbestimmen?",
    ),
    _topic(
        "strategy-basics", "What strategy is", "Was Strategie ist",
        "What is a strategy? | What distinguishes good from bad strategy? | How does a company gain a lasting advantage? | Ways to grow",
        "Was ist eine Strategie? | Was unterscheidet gute von schlechter Strategie? | Wie gewinnt ein Unternehmen einen dauerhaften Vorteil? | "
        "Wege zum Wachstum",
    ),
)  # fmt: skip
KEYS = tuple(topic.key for topic in TOPICS)
EXAMPLES = tuple((number, language, text) for number, t in enumerate(TOPICS) for language in ("en", "de") for text in t.examples[language])
_NUMBERS = [number for number, _, _ in EXAMPLES]
_FIRST = [_NUMBERS.index(number) for number in range(len(TOPICS))]  # where the examples of each topic begin


def likelihood(question: NDArray[np.float32], examples: NDArray[np.float32]) -> dict[str, float]:
    """How far each topic stands out for a question: z-scores of its nearest example; `examples` are the vectors of EXAMPLES in order."""
    import numpy as np  # when used: filters need the names of topics alone, and `import advisor` stays light

    nearest = np.maximum.reduceat(examples @ question, _FIRST).astype(np.float64)
    excess = (nearest - nearest.mean()) / max(float(nearest.std()), 0.03)
    return dict(zip(KEYS, excess.tolist(), strict=True))
