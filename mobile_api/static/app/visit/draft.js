// What somebody has begun to fill in: kept in the phone's database at every change, there again after back, rotate or kill.

/** The value kept under `key` over `empty`; never undefined. */
export const draft = (app, key, empty = {}) => ({ ...empty, ...app.drafts.get(key) });

/** Change some of it and draw again. */
export function note(app, key, changes) {
  app.drafts.set(key, { ...app.drafts.get(key), ...changes });
  app.draw();
}

/** It has been recorded: nothing is left to keep. */
export const forget = (app, key) => app.drafts.set(key, null);
