import { readConfig } from "../src/app/config.ts";
import { runFeedback } from "../src/app/run-feedback.ts";
import { runProcess } from "../src/app/run-process.ts";

await runProcess(() => runFeedback(readConfig()));
