// The rules are made from test/architecture/boundaries.json, which the test beside it reads too.
const table = require("./test/architecture/boundaries.json");

const escape = (text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** The folder of the table as a pattern; `$1` stands for the adapter that imports. */
const folderPattern = (folder) =>
  folder === "workers" ? "^workers/" : folder === "adapters/*" ? "^src/adapters/[^/]+/" : `^src/${escape(folder)}/`;

const folderRules = Object.entries(table.folders).map(([folder, allowed]) => {
  const isAdapter = folder === "adapters/*";
  const itself = isAdapter ? "^src/adapters/$1/" : folderPattern(folder);
  return {
    name: `imports-go-down-from-${folder.replace("/*", "")}`,
    comment: `${folder} imports ${allowed.join(", ") || "nothing of ours"} and itself.`,
    severity: "error",
    from: { path: isAdapter ? "^src/adapters/([^/]+)/" : folderPattern(folder) },
    to: { path: "^(src|workers)/", pathNot: [itself, ...allowed.map(folderPattern)] },
  };
});

const packageRules = Object.entries(table.packages).flatMap(([name, { home, typesIn = [] }]) => {
  const path = `(^|/)node_modules/(@types/)?${escape(name)}/`;
  const rule = (suffix, from, to) => ({
    name: `${name}-has-a-home${suffix}`,
    comment: `${name} is imported in ${home.join(", ")} only.`,
    severity: "error",
    from: { path: "^(src|workers)/", ...from },
    to: { path, ...to },
  });
  const homes = home.map(folderPattern);
  const typeFolders = typesIn.map(folderPattern);
  const rules = [rule("", { pathNot: [...homes, ...typeFolders] }, {})];
  if (typeFolders.length === 0) return rules;
  return [...rules, rule("-and-lends-types", { path: typeFolders }, { dependencyTypesNot: ["type-only"] })];
});

module.exports = {
  forbidden: [
    ...folderRules,
    ...packageRules,
    {
      name: "no-circles",
      comment: "Two files that need each other are one, or lack a third.",
      severity: "error",
      from: { path: "^(src|workers)/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "resolves",
      severity: "error",
      from: { path: "^(src|workers)/" },
      to: { couldNotResolve: true },
    },
    {
      name: "runs-without-tests",
      comment: "What ships never needs what only tests have.",
      severity: "error",
      from: { path: "^(src|workers)/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "node_modules/@types/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
    },
  },
};
