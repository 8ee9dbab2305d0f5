/** Reads what `npm test` hands over. @throws naming the way to run the test */
export function requiredVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run this test with \`npm test -- <path>\``);
  return value;
}
