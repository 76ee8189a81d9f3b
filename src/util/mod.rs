//! Containers that know nothing of compilers.
