"""A cohort as JUnit XML: a testsuite for each learner, a testcase for each
check.
"""

from xml.etree import ElementTree as xml

from flaxkata.cohort_report import Cohort, Learner
from flaxkata.report import Check, Exercise, Outcome, printable

KINDS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def report(cohort: Cohort) -> str:
    """The XML. A stub counts as skipped, code that raised as an error; each
    testcase is counted once.
    """
    root = xml.Element("testsuites", name=printable(cohort.name))
    root.extend(_suite(learner) for learner in cohort.learners)
    _count(root)
    root.set("time", f"{sum(learner.seconds for learner in cohort.learners):.3f}")
    xml.indent(root)
    return xml.tostring(root, "unicode", xml_declaration=True)


def _suite(learner: Learner) -> xml.Element:
    suite = xml.Element("testsuite", name=printable(learner.name))
    suite.extend(_case(e, c) for e in learner.exercises for c in e.checks)
    _count(suite)
    suite.set("time", f"{learner.seconds:.3f}")
    return suite


def _count(element: xml.Element) -> None:
    """Say how many testcases there are below, and how they ended."""
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    for name, tag in KINDS.items():
        element.set(name, str(len([case for case in cases if case.find(tag) is not None])))


def _case(e: Exercise, check: Check) -> xml.Element:
    case = xml.Element("testcase", classname=f"{e.id} {e.slug}", name=check.name, time=f"{check.seconds:.3f}")
    words = printable("\n".join(check.findings))
    match check.outcome:
        case Outcome.PASSED:
            return case
        case Outcome.TODO:
            xml.SubElement(case, "skipped", message=words or "todo")
            return case
    tag = "failure" if check.outcome == Outcome.FAILED else "error"
    problem = xml.SubElement(case, tag, message=printable(check.description), type=check.outcome)
    problem.text = words + "".join(f"\n{m.introduction}{m.slug}" for m in e.mistakes)
    return case
