import fc from 'fast-check';

/**
 * What the network tells of a person at some hour: "Y1" is a user id, "N1" a parent id, "P1" a phone; `former` are the
 * ids before a change, `about` an id of the person whom we had sent something to.
 */
export type Item = { at: number; ids: string; former?: string; about?: string };

const PERIOD_HOURS = 2_400;

/** The ids that somebody has who was last seen with this item. */
export const idsAt = (item: Item, phoneOf: (period: number) => string): string[] => {
  const period = Math.floor(item.at / PERIOD_HOURS);
  return [`Y${period}`, phoneOf(period)];
};

/** The third number may be the first one again. */
export type Life = { items: Item[]; phones: string[] };

/** Somebody who moves from number to number, with a notice each time, and is seen in all the ways there are. */
export const aLife: fc.Arbitrary<Life> = fc
  .record({
    moves: fc.array(fc.constantFrom('announced', 'without phone'), { maxLength: 3 }),
    returns: fc.boolean(),
  })
  .chain(({ moves, returns }) => {
    const phones = ['P0', 'P1', returns ? 'P0' : 'P2', 'P3'];
    const parts = [0, ...moves.map((_move, index) => index + 1)].map((period) =>
      aPeriod(period, phones, period === 0 ? undefined : moves[period - 1]),
    );
    return fc.tuple(...parts).map((lists) => ({ items: lists.flat(), phones }));
  });

function aPeriod(period: number, phones: string[], move: string | undefined): fc.Arbitrary<Item[]> {
  const [y, p, begin] = [`Y${period}`, phones[period] as string, period * PERIOD_HOURS];
  // A phone alone says nothing once it has been given up and come again.
  const isOnce = phones.lastIndexOf(p) === phones.indexOf(p);
  const seen = fc.constantFrom<Omit<Item, 'at'>>(
    { ids: y },
    { ids: `${y} ${p}` },
    ...(isOnce ? [{ ids: p }, { ids: y, about: p }, { ids: p, about: y }] : []),
  );
  const later = fc
    .tuple(fc.integer({ min: 3, max: 2_000 }), seen)
    .map(([hours, item]) => ({ at: begin + hours, ...item }));
  const both = { at: begin + 2, ids: `${y} ${p}` };
  const [oldY, oldP] = [`Y${period - 1}`, phones[period - 1]];
  const notice =
    move === 'announced'
      ? { at: begin + 1, former: `${oldY} ${oldP}`, ids: `${y} ${p}` }
      : { at: begin + 1, former: oldY, ids: y };
  return fc
    .array(later, { maxLength: 4 })
    .map((items) => [...items, both, ...(move === undefined ? [] : [notice, notice])]);
}

/** "Y1" had "P1", with and without notice of their new number; from some time later on "Y2" has it. */
export const aRecycledPhone: fc.Arbitrary<Item[]> = fc
  .tuple(
    fc.array(fc.record({ at: fc.integer({ min: 1, max: 900 }), ids: fc.constantFrom('Y1', 'Y1 P1') }), {
      maxLength: 4,
    }),
    fc.constantFrom<Item[]>(
      [],
      [{ at: 1_000, former: 'Y1 P1', ids: 'Y3 P3' }],
      [{ at: 1_000, former: 'Y1', ids: 'Y3' }],
    ),
    fc.array(fc.record({ at: fc.integer({ min: 3_000, max: 4_000 }), ids: fc.constantFrom('Y2', 'Y2 P1') }), {
      maxLength: 4,
    }),
  )
  .map(([before, notice, after]) => [
    { at: 1, ids: 'Y1 P1' },
    ...before,
    ...notice,
    { at: 3_000, ids: 'Y2 P1' },
    ...after,
  ]);

/** In any order, with the worker at any time: after which of the items it decides. */
export const inAnyOrder = (items: readonly Item[]): fc.Arbitrary<{ items: Item[]; worker: boolean[] }> =>
  fc.record({
    items: fc.shuffledSubarray([...items], { minLength: items.length }),
    worker: fc.array(fc.boolean(), { minLength: items.length, maxLength: items.length }),
  });
