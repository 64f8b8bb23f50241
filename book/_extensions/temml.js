// One formula a line in, one line of MathML out, so that a whole book needs one process.
// `readline` hands over whole lines in order; Temml is synchronous; so answers keep the order too.
const temml = require(process.argv[2]); // where npm has put it

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
