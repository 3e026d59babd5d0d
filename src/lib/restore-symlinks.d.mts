/**
 * Makes the links of `listFile` (`[{source, target}]`, relative to `folder`) that are missing, and returns how many.
 * Two processes may do it at once. Throws what the file system says, such as EACCES.
 */
export function restoreSymlinks(folder: string, listFile: string): number;
