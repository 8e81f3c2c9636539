// The words of a visit come with its pages, and stand in visit/words.js.

export const WORDS = { zh: {}, en: {} };
