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
const project = (name, seconds) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.parley/', '<rootDir>/dist/'],
  transform,
  testTimeout: seconds * 1000,
});

export default {
  projects: [
    project('unit', 10),
    project('workflow', 60),
    project('replay', 60),
    project('integration', 60),
    project('e2e', 180),
  ],
};
