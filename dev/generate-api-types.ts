import { writeFileSync } from 'node:fs';
import { API_TYPES_FILE, makeApiTypes } from './api-types.ts';

// `npm run generate-api-types`: after each change of the routes. A path as argument is written instead.
const file = process.argv[2] ?? API_TYPES_FILE;
writeFileSync(file, await makeApiTypes());
process.stdout.write(`${file} is up to date\n`);
