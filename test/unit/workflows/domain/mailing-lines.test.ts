import { describe, expect, it } from '@jest/globals';
import { linePath, mergeParameters, toLineParameters } from '../../../../workflows/domain/mailing-lines.ts';

describe('parameters of a line', () => {
  it('go over the common ones, each for itself, however both are written', () => {
    const common = toLineParameters({ body: ['a', 'b'], header: { link: 'https://x.example/1' }, buttons: ['one'] });
    const own = toLineParameters({ body: { 2: 'B' }, buttons: ['ONE'] });
    expect(mergeParameters(common ?? {}, own ?? {})).toEqual({
      body: { 1: 'a', 2: 'B' },
      header: { link: 'https://x.example/1' },
      buttons: ['ONE'],
    });
    // Control: without its own there is what is common.
    expect(mergeParameters(common ?? {}, {}).body).toEqual({ 1: 'a', 2: 'b' });
  });

  it('are none where nothing is given', () => {
    expect(toLineParameters({})).toBeUndefined();
    expect(toLineParameters({ body: [], header: {} })).toBeUndefined();
    expect(mergeParameters({}, {})).toEqual({ body: undefined, header: undefined, buttons: undefined });
  });
});

describe('where something is wrong with a line', () => {
  it('is told by its place in the JSON, or by the column of the file', () => {
    expect(linePath('to', 3, false)).toBe('recipients.2.to');
    expect(linePath('parameters.body.0', 1, false)).toBe('recipients.0.parameters.body.0');
    expect(linePath('to', 3, true)).toBe('to');
    expect(linePath('parameters.body.0', 3, true)).toBe('body.1');
    expect(linePath('parameters.body.order', 3, true)).toBe('body.order');
    expect(linePath('parameters.buttons.0', 3, true)).toBe('button.1');
    expect(linePath('parameters.header', 3, true)).toBe('header');
  });
});
