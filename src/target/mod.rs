//! Facts about machines, as data: registers, conventions, features.
