/** Compiles one file at a time without type checks: types are `npm run check`'s business. */
const transform = {
  '^.+\\.tsx?$': [
    '@swc/jest',
    { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' }, sourceMaps: 'inline' },
  ],
};

/**
 * One folder of `test/` is one project. Only `unit` runs without servers; `npm test` brings up the rest and hands
 * their addresses over by environment (`dev/test.ts`).
 */
const project = (name) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.parley/', '<rootDir>/dist/'],
  transform,
});

export default {
  // Jest takes this from here only; what a project says of it is not looked at.
  testTimeout: 180_000,
  // Tests of whole processes wait half of their time, so two of them go well beside each other on two cores; a third
  // saves a seventh of the time and makes what waits for each other late.
  maxWorkers: 2,
  // A worker that has run a hundred files has two gigabytes to give back: half a second, the usual limit, is little for it,
  // and what is said when it is over looks like a test that left something open.
  workerGracefulExitTimeout: 20_000,
  projects: [project('unit'), project('workflow'), project('replay'), project('integration'), project('e2e')],
};
