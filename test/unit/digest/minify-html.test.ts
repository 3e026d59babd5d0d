import { describe, expect, it } from "vitest";
import { minifyHtml } from "../../../src/digest/minify-html.ts";

describe("smaller HTML", () => {
  it("has no white space that nobody sees, and keeps the spaces between words and links", () => {
    expect(
      minifyHtml('<table>\n  <tr>\n    <td>\n one <a href="x">two</a>\n <b>three</b> </td>\n</tr> </table>\n'),
    ).toBe('<table><tr><td>one <a href="x">two</a> <b>three</b></td></tr></table>');
  });

  it("keeps preformatted text, no-break and ideographic spaces", () => {
    const html = "<pre>a\n   b\n</pre><p>5\u00a0 PM\u3000x</p>";
    expect(minifyHtml(html)).toBe(html);
  });

  it("loses ordinary comments and keeps Outlook's, with what is in them", () => {
    const html =
      "<p>a</p><!-- gone -->\n<!--[if mso | IE]><table><tr><td><![endif]--> <div>b</div> <!--[if !mso]><!--><p>c</p><!--<![endif]-->";
    expect(minifyHtml(html)).toBe(
      "<p>a</p><!--[if mso | IE]><table><tr><td><![endif]--><div>b</div><!--[if !mso]><!--><p>c</p><!--<![endif]-->",
    );
  });

  it("tightens styles without touching what they say", () => {
    const html = `<style type="text/css">
      @media (prefers-color-scheme: dark) and (min-width:10px) {
        .a , .b > div { color : #fff !important ; }
      }
      [data-ogsc] .a { color: red; } /* why */
    </style>`;
    const small = minifyHtml(html);
    expect(small).toContain("@media (prefers-color-scheme: dark) and (min-width:10px){");
    expect(small).toMatch(/\[data-ogsc\] \.a\{color: ?red\}/);
    expect(small).toContain(".b > div{");
    expect(small).not.toContain("why");
  });

  it("tightens a tag's styles but no other value", () => {
    expect(
      minifyHtml('<td\n  style="color: red;\n  font-family: \'A B\', c; "\n  class=""\n  title="a ;  b : c">x</td>'),
    ).toBe('<td style="color:red;font-family:\'A B\', c" title="a ;  b : c">x</td>');
  });

  it("leaves an address in a style as it is", () => {
    expect(minifyHtml("<td style=\"background: url('https://example.com/a;b: c')\">x</td>")).toContain(
      "https://example.com/a;b",
    );
  });

  it("changes nothing the second time", () => {
    const once = minifyHtml("<div>\n <p> a  <i>b</i> </p>\n <!--[if mso]> <p> x </p> <![endif]--> </div>");
    expect(minifyHtml(once)).toBe(once);
  });
});
