import fc from 'fast-check';

/*
 * Property tests use the same random draws in every run, so that a test which passes today passes tomorrow.
 */
fc.configureGlobal({ seed: 20_261_130 });
