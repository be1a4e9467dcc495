"""A training that is killed goes on as if it had not been."""

from dataclasses import replace
from itertools import islice

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from app.errors import UserError
from app.training.bobbin.net import Size
from app.training.bobbin.pages import Document
from app.training.bobbin.stream import Source, here, stream
from app.training.bobbin.train import Recipe, Run

DOCUMENTS = [
    Document(
        package="shuttle",
        name=f"part {part}",
        sentences=(
            f"The {part} server listens on port 80{at} unless PORT says another.",
            f"Set {part.upper()}_LIMIT_{at} to bound the requests of one client.",
            f"Records of the {part} are written to the standard error each {at} minutes.",
            f"The {part} cache is emptied {at} times when a table changes its form.",
        ),
    )
    for at, part in enumerate(("weaving", "warping", "dyeing", "winding"), 2)
]
SMALL = Recipe(
    steps=6,
    longer=0,
    rows=4,
    length=512,
    decay=0.5,
    matrix_rate=4e-3,
    vector_rate=4e-3,
    size=Size(vocabulary=400, width=32, layers=5, heads=2, inner=32, context=512),
)


def trained(folder, recipe=SMALL, steps=None, keep_every=0.0) -> Run:
    run = Run(recipe, folder, documents=DOCUMENTS, compiled=False)
    for _ in islice(run.train(keep_every=keep_every, ahead=False), steps):
        pass
    return run


def weights(run: Run) -> dict[str, torch.Tensor]:
    return run.model.state_dict()


def same(one: Run, other: Run) -> bool:
    return all(torch.equal(value, weights(other)[name]) for name, value in weights(one).items())


def sum_of(values: dict[str, torch.Tensor]) -> float:
    return sum(value.double().sum().item() for value in values.values())


def test_the_same_recipe_gives_the_same_model_and_another_seed_another(tmp_path) -> None:
    first, again = trained(tmp_path / "a"), trained(tmp_path / "b")
    assert same(first, again)
    assert not same(first, trained(tmp_path / "c", replace(SMALL, seed=1)))


def test_a_run_that_ended_in_the_middle_goes_on(tmp_path) -> None:
    whole = trained(tmp_path / "whole")
    # The checkpoint of a step is kept after it was handed over: the third is lost.
    half = trained(tmp_path / "half", steps=3)
    assert half.step == 3
    resumed = Run(SMALL, tmp_path / "half", documents=DOCUMENTS, compiled=False)
    assert resumed.step == 2
    for _ in resumed.train(keep_every=1e9, ahead=False):
        pass
    assert resumed.step == 6
    assert same(whole, resumed)
    assert resumed.tokens == whole.tokens


def test_learning_lessens_the_loss(tmp_path) -> None:
    run = Run(replace(SMALL, steps=30), tmp_path, documents=DOCUMENTS, compiled=False)
    losses = [found["loss"] for found in run.train(keep_every=1e9, ahead=False)]
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])


def test_a_checkpoint_of_another_recipe_is_left_alone(tmp_path) -> None:
    trained(tmp_path)
    before = (tmp_path / "state.pt").read_bytes()
    with pytest.raises(UserError, match="another recipe"):
        Run(replace(SMALL, rows=8), tmp_path, documents=DOCUMENTS, compiled=False)
    with pytest.raises(UserError, match="decay"):
        Run(replace(SMALL, steps=9), tmp_path, documents=DOCUMENTS, compiled=False)
    assert (tmp_path / "state.pt").read_bytes() == before


def test_more_steps_can_be_given_before_the_decay(tmp_path) -> None:
    trained(tmp_path, steps=2)
    longer = Run(replace(SMALL, steps=8), tmp_path, documents=DOCUMENTS, compiled=False)
    assert longer.step == 1
    assert longer.recipe.rate(3) == 1.0
    assert longer.recipe.rate(7) == pytest.approx(1 / 4)


def test_a_second_round_goes_on_from_the_end_of_the_first_at_a_lower_rate(tmp_path) -> None:
    trained(tmp_path / "pieces")
    recipe = replace(SMALL, longer=4)
    whole = trained(tmp_path / "whole", recipe)
    second = trained(tmp_path / "pieces", recipe)
    assert (second.step, second.recipe.end) == (10, 10)
    assert same(whole, second)
    assert sum_of(whole.mean()) == sum_of(second.mean())
    assert [recipe.rate(step) for step in range(3, 10)] == pytest.approx(
        [1, 2 / 3, 1 / 3, 0.6, 0.6, 0.6, 0.3]
    )
    with pytest.raises(UserError, match="decay"):
        Run(replace(recipe, steps=5), tmp_path / "pieces", documents=DOCUMENTS, compiled=False)


def test_the_mean_of_both_rounds_is_exported(tmp_path) -> None:
    first = trained(tmp_path / "first")
    assert sum_of(first.mean()) == sum_of(weights(first))
    second = trained(tmp_path / "second", replace(SMALL, longer=4, first=0.25))
    name = "model.embed_tokens.weight"
    wanted = 0.25 * weights(first)[name] + 0.75 * weights(second)[name]
    torch.testing.assert_close(second.mean()[name], wanted)
    shipped = AutoModelForCausalLM.from_pretrained(tmp_path / "second" / "export").state_dict()
    torch.testing.assert_close(shipped[name], wanted.to(torch.bfloat16))


def test_what_is_exported_loads_anywhere_and_says_the_same(tmp_path) -> None:
    run = trained(tmp_path)
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "export", dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "export")
    ids = torch.tensor([tokenizer("Sources\n[1] The cache is emptied.")["input_ids"]])
    rounded = run.model.to(torch.bfloat16).float()
    with torch.no_grad():
        torch.testing.assert_close(model(ids).logits, rounded(ids).logits)
    assert tokenizer.eos_token == "<eos>"


def test_another_process_makes_the_very_pages(tmp_path) -> None:
    run = Run(SMALL, tmp_path, documents=DOCUMENTS, compiled=False)
    source = Source(DOCUMENTS, run.tokenizer, seed=3, rows=2, length=512)
    assert list(stream(source, 4, 6)) == list(here(source, 4, 6))
