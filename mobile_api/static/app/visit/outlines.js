// What a photo should show, as a line drawing: over the camera's picture and as the example in the shot list.

import { html, svg } from "/static/vendor/lit-html.js";

const room = svg`<path d="M6 74h108M24 74V10M24 10 6 4M96 74V10M96 10l18-6M24 10h72"/>`;
const lamp = svg`<path d="M60 10v16M46 42a14 14 0 0 1 28 0zM55 42a5 5 0 0 0 10 0"/>`;
const floor = svg`<path d="M10 76h100"/>`;
const box = svg`<path d="M60 14 96 28v36L60 80 24 64V28zM24 28l36 15 36-15M60 43v37"/>`;

const DRAWINGS = {
  overview: svg`${room}${lamp}<path d="M36 74V58h48v16M42 58v-6h36v6M12 20V8h12M108 20V8H96" class="faint"/>`,
  doorplate: svg`<path d="M34 86V8h52v78M24 86h72M42 86V16h36v70"/><circle cx="71" cy="54" r="2.5"/><rect x="49" y="25" width="22" height="13" rx="2" class="key"/><path d="M55 29v5M60 29v5M65 29v5" class="key"/>`,
  packaging: svg`${box}<path d="m42 21 36 15v11" class="faint"/><path d="M34 58v-9m-4 4 4-4 4 4M46 63v-9m-4 4 4-4 4 4" class="key"/>`,
  label: svg`<rect x="14" y="14" width="92" height="62" rx="5"/><path d="M24 28h34M24 37h46M24 46h26" /><circle cx="90" cy="31" r="8"/><path d="M26 58v11M31 58v11M35 58v11M42 58v11M46 58v11M53 58v11M57 58v11M64 58v11M68 58v11M75 58v11M82 58v11M86 58v11M94 58v11" class="key"/>`,
  fixing: svg`<path d="M14 8v74M14 8 8 14M14 20l-6 6M14 32l-6 6M14 44l-6 6M14 56l-6 6M14 68l-6 6"/><path d="M14 22h14v46H14M28 38h74v14H28M28 60l40-8"/><circle cx="21" cy="30" r="4" class="key"/><circle cx="21" cy="60" r="4" class="key"/><path d="m18.5 27.5 5 5M18.5 57.5l5 5" class="key"/>`,
  before: svg`${room}<rect x="42" y="24" width="36" height="34" rx="3" class="key dashed"/><path d="M60 35v12M54 41h12" class="key"/>`,
  after: svg`${room}<rect x="42" y="24" width="36" height="34" rx="3"/><path d="m51 41 6 7 12-14" class="key"/>`,
  tidy: svg`${floor}<path d="M74 8 56 46M48 43l17 8-4 25H32c8-8 13-18 16-33zM44 66l-4 9M53 68l-2 8"/><path d="M92 34v10M87 39h10M100 54v8M96 58h8M80 60v6M77 63h6" class="key"/>`,
  damage: svg`${box}<path d="m70 22-8 10 8 5-7 10 6 5-5 12" class="key"/><circle cx="66" cy="42" r="23" class="key"/><path d="m83 59 16 17" class="key"/>`,
};

/** The drawing of that name, 120 × 90; a plain frame for a name that is not known. */
export function outline(name) {
  const frame = svg`<path d="M10 24V10h18M110 24V10H92M10 66v14h18M110 66v14H92"/>`;
  return html`<svg class="outline" viewBox="0 0 120 90" aria-hidden="true">${DRAWINGS[name] ?? frame}</svg>`;
}
