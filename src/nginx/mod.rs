//! nginx as a language: its tokens, its tree, its words.
