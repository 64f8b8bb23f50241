"""The numbers in the prose of the chapter on transformer block are right."""

from minutes import glance, practice

from utils.transformer_block import transformer_block, transformer_block_gradient


def test_the_running_example(prose):
    value, slope = transformer_block(2.1), transformer_block_gradient(2.1)
    assert f"⟪the sentence with {value:.4f} and {slope:.4f}⟫" in prose


def test_what_is_to_be_seen(prose):
    assert "⟪each other sentence with a number in it⟫" in prose  # ⟪and that number, computed⟫


def test_the_minutes_add_up(prose):
    assert f"{practice(prose)} minutes for the exercises" in glance(prose)
