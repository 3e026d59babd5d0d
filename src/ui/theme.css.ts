import { baseCss } from "./base.css.ts";
import { piecesCss } from "./pieces.css.ts";
import { tokensCss } from "./tokens.css.ts";

/** The stylesheet that every page of ours begins with. */
export const themeCss = `${tokensCss}${baseCss}${piecesCss}`;
