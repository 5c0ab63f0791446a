// Compares two JSON answers field by field. A place is the way to a field, with [] for "in every entry of this list": specs[].tags[].

/** Lists whose entries are named, so that one that is missing is not taken for all of those behind it being different. */
const names = ['id', 'name', 'status', 'priority', 'itemText', 'heading', 'path', 'source'];

function keyOf(list) {
  if (list.length === 0 || list.some((entry) => entry === null || typeof entry !== 'object' || Array.isArray(entry))) return undefined;
  return names.find((name) => list.every((entry) => typeof entry[name] === 'string') && new Set(list.map((entry) => entry[name])).size === list.length);
}

const kindOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);

/** Two refusals are alike when the status, the kind of content and the code are; what they say to people may differ. */
const refusal = (answer) => ({ httpStatus: answer.httpStatus, type: answer.type, code: answer.body?.code });

/** Calls `tell(place, theirs, ours)` for each difference of two answers. One that is refused by one side only is one difference. */
export function compareAnswers(theirs, ours, tell) {
  const refused = [theirs, ours].filter((answer) => answer.httpStatus >= 400).length;
  if (refused === 2) return compare(refusal(theirs), refusal(ours), tell);
  if (refused === 1) return tell('httpStatus', theirs.httpStatus, `${ours.httpStatus} ${JSON.stringify(ours.body)}`);
  return compare({ ...theirs.body, httpStatus: theirs.httpStatus, type: theirs.type }, { ...ours.body, httpStatus: ours.httpStatus, type: ours.type }, tell);
}

/** An object whose fields are named after specs is a list with names: its places are {}. */
const isDictionary = (object) => Object.keys(object).length > 0 && Object.keys(object).every((name) => /^\d/.test(name));

function compare(theirs, ours, tell, place = '') {
  const kind = kindOf(theirs);
  if (kind !== kindOf(ours)) return tell(place || '.', theirs, ours);
  if (kind === 'list') return compareLists(theirs, ours, tell, place);
  if (kind === 'object') {
    const inEvery = isDictionary(theirs) && isDictionary(ours) ? '{}' : '';
    for (const name of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
      const own = inEvery || name;
      const inner = place ? `${place}.${own}` : own;
      if (!(name in ours)) tell(inner, theirs[name], undefined);
      else if (!(name in theirs)) tell(inner, undefined, ours[name]);
      else compare(theirs[name], ours[name], tell, inner);
    }
    return undefined;
  }
  if (theirs !== ours) tell(place || '.', theirs, ours);
  return undefined;
}

function compareLists(theirs, ours, tell, place) {
  const inner = `${place}[]`;
  const key = keyOf(theirs);
  if (!key || keyOf(ours) !== key) {
    if (theirs.length !== ours.length) return tell(inner, theirs, ours);
    const sorted = (list) => JSON.stringify([...list].sort());
    if (kindOf(theirs[0]) === 'string' && sorted(theirs) === sorted(ours)) {
      if (theirs.some((text, index) => text !== ours[index])) tell(`${inner} order`, theirs, ours);
      return undefined;
    }
    theirs.forEach((entry, index) => compare(entry, ours[index], tell, inner));
    return undefined;
  }
  const byName = new Map(ours.map((entry) => [entry[key], entry]));
  const known = new Set(theirs.map((entry) => entry[key]));
  for (const entry of theirs) {
    if (byName.has(entry[key])) compare(entry, byName.get(entry[key]), tell, inner);
    else tell(inner, entry, undefined);
  }
  for (const entry of ours) if (!known.has(entry[key])) tell(inner, undefined, entry);
  const order = theirs.filter((entry) => byName.has(entry[key])).map((entry) => entry[key]);
  const our = ours.filter((entry) => known.has(entry[key])).map((entry) => entry[key]);
  const at = order.findIndex((name, index) => name !== our[index]);
  if (at >= 0) tell(`${inner} order`, order[at], our[at]);
  return undefined;
}
