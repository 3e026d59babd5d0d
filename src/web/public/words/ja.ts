import type { PageWords } from "./words.ts";

export const japanese: PageWords = {
  languageName: "日本語",
  common: {
    skip: "本文へ移動",
    languages: "言語",
    sentBy: (name) => `送信元：${name}`,
    brokenTitle: "このリンクは使えません",
    brokenText: "途中で切れている可能性があります。メールからもう一度開くか、リンク全体をコピーしてください。",
    tooMany: "短い間に回数が多すぎました。数分後にもう一度お試しください。",
    notUnderstood: "フォームが完全に届きませんでした。前のページに戻ってやり直してください。",
  },
  leave: {
    title: (list) => `${list}の配信を停止しますか？`,
    text: (address, list) => `${address} に${list}からのメールが届かなくなります。`,
    press: "はい、停止します",
    preferences: "受け取る内容を選ぶ",
    doneTitle: (list) => `${list}の配信を停止しました`,
    doneText: (address, list) => `${address} に${list}からのメールはもう届きません。すでに有効です。`,
    gone: "このアドレスはどのリストにも登録されておらず、メールは届きません。",
    everyList: (count) => `ほかに${count}件のリストに登録されています。`,
    everyListPress: "すべてのリストを停止する",
    everyListDone: "すべてのリストの配信を停止しました",
    mistake: "押し間違いですか？",
    undo: "停止するつもりはありませんでした",
    undone: (list) => `${list}の登録を元に戻しました`,
    notUndone: "ここではもう元に戻せません。再開するには、もう一度登録してください。",
  },
  view: {
    goneTitle: "このメールはここでは表示できません",
    goneText: "テストだったか、送信されなかったか、内容が消去されています。",
  },
};
