// What a visit asks for before it can be completed, in the order in which it is done. Pure.

/** Differences between the counts somebody has set and those the consumer agreed to: `[{ charge, count, agreed }]`. */
export function unagreed(visit, counts = {}) {
  return (visit.surcharges ?? [])
    .map((charge) => ({ charge, agreed: agreedCount(visit, charge.code), count: counts[charge.code] ?? agreedCount(visit, charge.code) }))
    .filter(({ count, agreed }) => count !== agreed);
}

export const agreedCount = (visit, code) => visit.agreed?.find((each) => each.code === code)?.count ?? 0;

export const ticked = (visit) => visit.told?.checklist ?? [];

export const proof = (visit, kind) => visit.proofs?.[kind] ?? (kind === "code" ? "optional" : "none");

/** `[{ key, needed, done }]` of what this visit asks for; `draft` is that of the page that finishes it. */
export function steps(visit, draft = {}) {
  const required = (visit.checklist ?? []).filter((item) => item.required).map((item) => item.code);
  const proofs = { serial: Boolean(visit.told?.serial), signature: Boolean(visit.told?.signed), code: isAccepted(visit) || Boolean(draft.no_code) };
  return [
    { key: "photos", asked: visit.shots?.length, needed: true, done: !visit.missing?.length },
    { key: "checklist", asked: visit.checklist?.length, needed: required.length > 0, done: required.every((code) => ticked(visit).includes(code)) },
    { key: "serial", asked: proof(visit, "serial") !== "none", needed: proof(visit, "serial") === "required", done: proofs.serial },
    { key: "surcharges", asked: visit.surcharges?.length, needed: unagreed(visit, draft.counts).length > 0, done: !unagreed(visit, draft.counts).length },
    { key: "signature", asked: proof(visit, "signature") !== "none", needed: proof(visit, "signature") === "required", done: proofs.signature },
    { key: "code", asked: proof(visit, "code") !== "none", needed: proof(visit, "code") === "required", done: proofs.code },
  ].filter((step) => step.asked);
}

export const isAccepted = (visit) => ["yes", "pending"].includes(visit.accepted);

/** The first step that is needed and not done, else undefined. */
export const nextStep = (visit, draft) => steps(visit, draft).find((step) => step.needed && !step.done);
