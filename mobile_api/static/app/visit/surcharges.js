// What may be charged on top: only from the price list, with a photo where it asks for one, and the consumer's own yes.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon, say } from "../dom.js";
import { money, word } from "../words.js";
import { missing } from "./evidence.js";
import { shoot } from "./shoot.js";
import { agreedCount, unagreed } from "./todo.js";
import { agree } from "./turn.js";

export function surchargesCard(app, visit, begun, set) {
  const changes = unagreed(visit, begun.counts);
  const total = visit.agreed.reduce((sum, each) => sum + each.count * each.amount, 0);
  return html`<p class="quiet">${word("visit.end.price_list")}</p>
    <ul class="charges">${visit.surcharges.map((charge) => row(app, visit, charge, begun, set))}</ul>
    ${changes.length ? ask(app, visit, changes, set) : nothing}
    ${!changes.length && total ? html`<p class="said-yes">${icon("check")}${word("visit.end.already", { amount: money(total, visit.currency) })}</p>` : nothing}`;
}

function row(app, visit, charge, begun, set) {
  const agreed = agreedCount(visit, charge.code);
  const count = begun.counts[charge.code] ?? agreed;
  const change = (by) => set({ counts: { ...begun.counts, [charge.code]: Math.max(0, Math.min(charge.most, count + by)) } });
  return html`<li class=${count ? "counted" : ""}>
    <div class="charge"><strong>${charge.name}</strong><span class="quiet">${word("visit.end.each", { amount: money(charge.amount, visit.currency), most: charge.most })}</span></div>
    <div class="stepper">
      <button class="round" type="button" aria-label=${word("visit.end.less", { name: charge.name })} ?disabled=${!count} @click=${() => change(-1)}>−</button>
      <output aria-live="polite">${count}</output>
      <button class="round" type="button" aria-label=${word("visit.end.more", { name: charge.name })} ?disabled=${count >= charge.most} @click=${() => change(1)}>+</button>
    </div>
    ${charge.photo && count > agreed ? evidence(app, visit, charge) : nothing}
  </li>`;
}

function evidence(app, visit, charge) {
  const isMissing = missing(visit, charge);
  const take = async () => {
    await shoot(app, visit, [{ code: `surcharge:${charge.code}`, name: word("visit.shot.of_surcharge", { name: charge.name }), outline: "" }]);
  };
  return html`<button class=${isMissing ? "wide wanted" : "wide"} type="button" @click=${take}>
    ${icon(isMissing ? "camera" : "check")}${word(isMissing ? "visit.end.photo_needed" : "visit.end.photo_taken")}</button>`;
}

function ask(app, visit, changes, set) {
  const wanting = changes.filter(({ charge, count, agreed }) => count > agreed && missing(visit, charge));
  const show = async () => {
    const yes = await agree(visit, changes);
    if (yes === undefined) return;
    if (!yes) return void say(word("visit.turn.refused"));
    for (const { charge, count } of changes) {
      await app.record("surcharge", { visit_id: visit.id, payload: { code: charge.code, count, amount: charge.amount, agreed: true }, shots: [`surcharge:${charge.code}`] });
    }
    set({ counts: {} });
  };
  return html`${visit.agreed.length ? html`<p class="quiet">${word("visit.end.changed")}</p>` : nothing}
    <button class="go" type="button" ?disabled=${wanting.length > 0} @click=${show}>${icon("people")}${word("visit.end.show")}</button>`;
}
