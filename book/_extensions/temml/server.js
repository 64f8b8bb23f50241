// One formula a line in, one line of MathML out, so that a whole book needs one process.
// `readline` hands over whole lines in order; Temml is synchronous; so answers keep the order too.
const fs = require("fs");
const path = require("path");
const source = fs.readFileSync(path.join(__dirname, "temml.min.js"), "utf8");
const temml = new Function(`${source}; return temml;`)();

require("readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { tex, display } = JSON.parse(line);
    let answer;
    try {
      const options = { displayMode: display, throwOnError: true, wrap: display ? "none" : "tex" };
      answer = { mathml: temml.renderToString(tex, options) };
    } catch (error) {
      answer = { error: error.message };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  });
