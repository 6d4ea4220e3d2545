/** pac-resolver 9 as it is; the build puts its thirty files into this one, because most of its start is finding them. */
export { createPacResolver, sandbox } from 'pac-resolver';
