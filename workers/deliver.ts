import { readConfig } from "../src/app/config.ts";
import { runDeliver } from "../src/app/run-deliver.ts";
import { runProcess } from "../src/app/run-process.ts";

await runProcess(() => runDeliver(readConfig()));
