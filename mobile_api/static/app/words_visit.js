// Every word of one visit.

export const WORDS = { zh: {}, en: {} };
