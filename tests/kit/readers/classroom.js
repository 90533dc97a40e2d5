// What GitHub Classroom's reporter shows of a grader's result, in its order. Its rules, and not its text:
// classroom-resources/autograding-grading-reporter, v1 (dist/main.js). The result comes as there, in base64, in
// the environment.
const results = JSON.parse(Buffer.from(process.env.KATA_RESULTS, "base64").toString("utf-8"));
const passed = results.tests.filter((test) => test.status === "pass").length;
const line = (test) => (test.line_no === 0 ? "" : ` - line ${test.line_no}`);
const shown = results.tests.map((test) =>
  test.status === "error" ? `Error: ${test.message}` : `${test.status === "pass" ? "✅" : "❌"} ${test.name}${line(test)}`);
const table = (passed / results.tests.length) * (results.max_score || 0);
const notice = results.tests.reduce((sum, test) => sum + test.score, 0);
console.log(JSON.stringify({ shown, table, notice, most: results.max_score }));
