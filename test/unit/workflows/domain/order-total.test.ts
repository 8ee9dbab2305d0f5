import { expect, it } from '@jest/globals';
import { orderTotal } from '../../../../workflows/domain/order-total.ts';

const item = (quantity: string, price: string, currency = 'EUR') => ({ product: 'SKU', quantity, price, currency });

it.each([
  ['one', [item('2', '9.50')], '19.00'],
  ['tenths that no binary fraction holds', [item('1', '0.1'), item('1', '0.2')], '0.3'],
  ['whole numbers', [item('3', '1500')], '4500'],
  ['different places', [item('1', '1.005'), item('1', '2')], '3.005'],
  ['many', [item('999999999', '999999999999.999999')], '999999998999999999000.000001'],
])('adds up %s', (_name, items, amount) => {
  expect(orderTotal(items)).toEqual({ amount, currency: 'EUR' });
});

it.each([
  ['nothing', []],
  ['two currencies', [item('1', '1'), item('1', '1', 'USD')]],
  ['a price that is none', [item('1', '1,50')]],
  ['a negative quantity', [item('-1', '1')]],
  ['a part of one', [item('0.5', '1')]],
  ['no price', [{ product: 'SKU', quantity: '1', currency: 'EUR' }]],
  ['no currency', [{ product: 'SKU', quantity: '1', price: '1' }]],
])('does not guess for %s', (_name, items) => {
  expect(orderTotal(items)).toBeUndefined();
});
