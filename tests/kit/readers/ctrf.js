// What the field's reporter for GitHub shows of a CTRF report: one row per test, with its `name` and nothing else
// that says whose it is. Its rules, and not its text: ctrf-io/github-test-reporter, src/reports/test-table.hbs and
// failed-table.hbs.
const { tests } = JSON.parse(require("fs").readFileSync(process.argv[2], "utf-8")).results;
const html = (text) => text.replace(/[&<>"'`=]/g, (c) => `&#x${c.charCodeAt(0).toString(16).toUpperCase()};`);
console.log(JSON.stringify({
  table: tests.map((test) => `| ${html(test.name)} | ${test.status} |`),
  failed: tests.filter((test) => test.status === "failed").map((test) => html(test.name)),
}));
