"""A cohort as JUnit XML: a testsuite for each learner, a testcase for each
check.
"""

from xml.etree import ElementTree as xml

from flaxkata.report import Check, Cohort, Exercise, Learner, plain


def report(cohort: Cohort) -> str:
    """The XML. A stub counts as skipped, code that raised as an error; each
    testcase is counted once.
    """
    suites = [_suite(learner) for learner in cohort.learners]
    root = xml.Element("testsuites", name=plain(cohort.name))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(s.get(name)) for s in suites)))
    root.set("time", f"{sum(float(s.get('time')) for s in suites):.3f}")
    root.extend(suites)
    xml.indent(root)
    return xml.tostring(root, "unicode", xml_declaration=True)


def _suite(learner: Learner) -> xml.Element:
    checks = [(e, c) for e in learner.exercises for c in e.checks]
    cases = [_case(e, c) for e, c in checks]
    kinds = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    totals = {name: str(sum(case.find(tag) is not None for case in cases)) for name, tag in kinds.items()}
    time = f"{sum(c.seconds for _, c in checks):.3f}"
    suite = xml.Element("testsuite", name=plain(learner.name), tests=str(len(cases)), **totals, time=time)
    suite.extend(cases)
    return suite


def _case(e: Exercise, check: Check) -> xml.Element:
    case = xml.Element("testcase", classname=f"{e.id} {e.slug}", name=check.name, time=f"{check.seconds:.3f}")
    words = plain("\n".join(check.findings))
    match check.outcome:
        case "passed":
            return case
        case "todo":
            xml.SubElement(case, "skipped", message=words or "todo")
            return case
    tag = "failure" if check.outcome == "failed" else "error"
    told = xml.SubElement(case, tag, message=plain(check.says), type=check.outcome)
    told.text = words + "".join(f"\nThis is a known mistake: {m}" for m in e.mistakes)
    return case
