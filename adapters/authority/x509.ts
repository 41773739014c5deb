import 'reflect-metadata'

/** The library, and what it must find before it is loaded. Loaded at first use: it takes 17 MB, and most workers never sign. */
export * from '@peculiar/x509'
