import { readConfig } from "../src/app/config.ts";
import { runDispatch } from "../src/app/run-dispatch.ts";
import { runProcess } from "../src/app/run-process.ts";

await runProcess(() => runDispatch(readConfig()));
