/** `npm run conformance`: prints the table; exit code 1 when anything differs that nobody disputes. */
import { conformanceReport } from './table.ts';

const { text, differ } = await conformanceReport();
process.stdout.write(text);
process.exitCode = differ > 0 ? 1 : 0;
