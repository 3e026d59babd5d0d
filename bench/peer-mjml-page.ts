/** An MJML page of as many articles as the benches' digest has. */
export function createMjmlPage(articles: number): string {
  const article = (index: number): string => `
    <mj-section><mj-column>
      <mj-text font-size="22px">Article ${index} for {{firstName}}</mj-text>
      <mj-text>Every paragraph of a newsletter says something that its readers did not know before, or says it so that they like to read it again. This one has some eighty characters a line and two lines.</mj-text>
      <mj-button href="https://news.example.com/articles/${index}">Read article ${index}</mj-button>
    </mj-column></mj-section>`;
  return `<mjml><mj-body>${Array.from({ length: articles }, (_, index) => article(index + 1)).join("")}</mj-body></mjml>`;
}
