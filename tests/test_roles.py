"""What real trainers call their curves, and what those names mean. One row: name, role, split, direction."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from loglint.inputs import NoObjective, Objective, attempt_of, objective, resolve
from loglint.model import Run, Series, Source
from loglint.names import QUANTITIES, knowledge, parse, words_of
from loglint.roles import UserRole, assign

TABLE = """
# WeNet, and what others print of the time an epoch takes
cv_loss                                 loss                    val    down
cv_agg's auc                            metric.auc              ?      up
hr_per_epoch                            unknown                 ?      none
sec_per_batch                           step_time               ?      none
# Keras
loss                                    loss                    train  down
val_loss                                loss                    val    down
accuracy                                metric.accuracy         ?      up
val_accuracy                            metric.accuracy         val    up
acc                                     metric.accuracy         ?      up
val_acc                                 metric.accuracy         val    up
sparse_categorical_accuracy             metric.accuracy         ?      up
val_sparse_categorical_accuracy         metric.accuracy         val    up
categorical_accuracy                    metric.accuracy         ?      up
val_binary_accuracy                     metric.accuracy         val    up
top_k_categorical_accuracy              metric.top5_accuracy    ?      up
val_top_k_categorical_accuracy          metric.top5_accuracy    val    up
mean_absolute_error                     metric.mae              ?      down
val_mae                                 metric.mae              val    down
mean_squared_error                      metric.mse              ?      down
val_root_mean_squared_error             metric.rmse             val    down
val_auc                                 metric.auc              val    up
val_precision                           metric.precision        val    up
val_recall                              metric.recall           val    up
val_f1_score                            metric.f1               val    up
mean_io_u                               metric.iou              ?      up
val_dice_coef                           metric.dice             val    up
lr                                      learning_rate           -      none
learning_rate                           learning_rate           -      none
epoch_loss                              loss                    train  down
epoch_accuracy                          metric.accuracy         ?      up
epoch_learning_rate                     learning_rate           -      none
batch_loss                              loss                    train  down
evaluation_loss_vs_iterations           loss                    val    down
evaluation_accuracy_vs_iterations       metric.accuracy         val    up
val_mape                                metric.mape             val    down
val_cosine_similarity                   unknown                 val    none
# PyTorch and its examples
Train Loss                              loss                    train  down
Test Loss                               loss                    test   down
Train/loss                              loss                    train  down
Loss/train                              loss                    train  down
Loss/val                                loss                    val    down
Loss/test                               loss                    test   down
Accuracy/train                          metric.accuracy         train  up
Accuracy/val                            metric.accuracy         val    up
training loss                           loss                    train  down
validation loss                         loss                    val    down
trainLoss                               loss                    train  down
valLoss                                 loss                    val    down
valAcc                                  metric.accuracy         val    up
trainAccuracy                           metric.accuracy         train  up
train_acc1                              metric.accuracy         train  up
test_acc1                               metric.accuracy         test   up
test_acc5                               metric.top5_accuracy    test   up
Acc@1                                   metric.accuracy         ?      up
Acc@5                                   metric.top5_accuracy    ?      up
Prec@1                                  metric.accuracy         ?      up
Prec@5                                  metric.top5_accuracy    ?      up
acc_top5                                metric.top5_accuracy    ?      up
top1                                    metric.accuracy         ?      up
top5                                    metric.top5_accuracy    ?      up
top1_err                                metric.error            ?      down
top5_err                                metric.top5_error       ?      down
test_err                                metric.error            test   down
train_error                             metric.error            train  down
val_error_rate                          metric.error            val    down
train loss                              loss                    train  down
dev_loss                                loss                    val    down
dev acc                                 metric.accuracy         val    up
dev_f1                                  metric.f1               val    up
Training Loss                           loss                    train  down
Validation Loss                         loss                    val    down
Validation Accuracy                     metric.accuracy         val    up
Eval/Loss                               loss                    val    down
avg_loss                                loss                    train  down
train_loss_avg                          loss                    train  down
running_loss                            loss                    train  down
epoch_train_loss                        loss                    train  down
train/loss_epoch                        loss                    train  down
trainloss                               loss                    train  down
valacc                                  metric.accuracy         val    up
grad_norm                               gradient_norm           -      none
gradient norm                           gradient_norm           -      none
total_norm                              gradient_norm           -      none
# Lightning
train_loss_step                         loss                    train  down
train_loss_epoch                        loss                    train  down
val_loss_epoch                          loss                    val    down
lr-Adam                                 learning_rate.adam      -      none
lr-AdamW/pg1                            learning_rate.adam_w_pg1  -      none
val_loss/dataloader_idx_0               loss                    val    down
val_acc/dataloader_idx_1                metric.accuracy         val    up
grad_2.0_norm_total                     gradient_norm           -      none
valid/loss                              loss                    val    down
# Hugging Face Trainer
eval_loss                               loss                    val    down
eval/loss                               loss                    val    down
train/loss                              loss                    train  down
train/learning_rate                     learning_rate           train  none
train/grad_norm                         gradient_norm           train  none
eval_accuracy                           metric.accuracy         val    up
eval/accuracy                           metric.accuracy         val    up
eval_f1                                 metric.f1               val    up
eval_rougeL                             metric.rouge            val    up
eval_rouge1                             metric.rouge            val    up
eval_bleu                               metric.bleu             val    up
eval_wer                                metric.wer              val    down
eval_matthews_correlation               metric.correlation      val    up
eval_perplexity                         perplexity              val    down
eval_samples_per_second                 throughput              val    none
eval_steps_per_second                   throughput              val    none
eval_runtime                            unknown                 val    none
eval_exact_match                        metric.exact_match      val    up
eval_pearson                            metric.correlation      val    up
train_samples_per_second                throughput              train  none
train_runtime                           unknown                 train  none
total_flos                              unknown                 -      none
rewards/chosen                          unknown                 -      none
rewards/rejected                        unknown                 -      none
rewards/accuracies                      metric.accuracy         ?      up
rewards/margins                         metric.reward_margin    ?      up
logps/chosen                            unknown                 -      none
mean_token_accuracy                     metric.accuracy         ?      up
num_tokens                              unknown                 -      none
# YOLO
train/box_loss                          loss.box                train  down
train/obj_loss                          loss.obj                train  down
train/cls_loss                          loss.cls                train  down
train/dfl_loss                          loss.dfl                train  down
val/box_loss                            loss.box                val    down
val/cls_loss                            loss.cls                val    down
metrics/precision                       metric.precision        ?      up
metrics/recall                          metric.recall           ?      up
metrics/mAP_0.5                         metric.map50            val    up
metrics/mAP_0.5:0.95                    metric.map              val    up
metrics/mAP50(B)                        metric.map50            val    up
metrics/mAP50-95(B)                     metric.map              val    up
metrics/precision(B)                    metric.precision        ?      up
metrics/accuracy_top1                   metric.accuracy         ?      up
metrics/accuracy_top5                   metric.top5_accuracy    ?      up
x/lr0                                   learning_rate.x_0       -      none
fitness                                 metric.fitness          val    up
gpu_mem                                 memory                  -      none
# detectron2, mmdetection, maskrcnn-benchmark
total_loss                              loss                    train  down
loss_cls                                loss.cls                train  down
loss_bbox                               loss.box                train  down
loss_box_reg                            loss.box                train  down
loss_rpn_cls                            loss.rpn_cls            train  down
loss_rpn_loc                            loss.rpn_box            train  down
loss_mask                               loss.mask               train  down
loss_objectness                         loss.obj                train  down
loss_centerness                         loss.centerness         train  down
bbox_mAP                                metric.map              val    up
bbox_mAP_50                             metric.map50            val    up
segm_mAP                                metric.map              val    up
bbox/AP                                 metric.ap               val    up
bbox/AP50                               metric.map50            val    up
segm/AP75                               metric.map75            val    up
fast_rcnn/cls_accuracy                  metric.accuracy         ?      up
data_time                               data_time               -      none
time                                    unknown                 -      none
eta_seconds                             unknown                 -      none
max_mem                                 memory                  -      none
memory                                  memory                  -      none
mIoU                                    metric.iou              ?      up
aAcc                                    metric.accuracy         ?      up
mAcc                                    metric.class_accuracy   ?      up
decode.loss_ce                          loss                    train  down
# language models
train/ppl                               perplexity              train  down
valid ppl                               perplexity              val    down
perplexity                              perplexity              train  down
nll_loss                                loss                    train  down
valid nll_loss                          loss                    val    down
lm loss                                 loss                    train  down
lm loss validation                      loss                    val    down
lm-loss-training/lm loss                loss                    train  down
loss scale                              loss_scale              -      none
loss_scale                              loss_scale              -      none
grad norm                               gradient_norm           -      none
gnorm                                   gradient_norm           -      none
wps                                     throughput              -      none
ups                                     throughput              -      none
wpb                                     unknown                 -      none
bsz                                     unknown                 -      none
train_wall                              unknown                 train  none
tok/s                                   throughput              -      none
tokens_per_second                       throughput              -      none
tokens_per_second_per_gpu               throughput              -      none
train/mfu                               throughput              train  none
tflops                                  throughput              -      none
val_bpb                                 metric.bits             val    down
bits_per_byte                           metric.bits             ?      down
core_metric                             metric.benchmark        val    up
bpc                                     metric.bits             ?      down
trl                                     loss                    train  down
tel                                     loss                    val    down
elapsed time per iteration (ms)         step_time               -      none
iter_time                               step_time               -      none
learning rate                           learning_rate           -      none
params norm                             weight_norm             -      none
BLEU                                    metric.bleu             val    up
valid bleu                              metric.bleu             val    up
dt                                      step_time               -      none
peak_memory_active                      memory                  -      none
# speech, translation
train/ctc_loss                          loss.ctc                train  down
loss_att                                loss.att                train  down
WER                                     metric.wer              val    down
CER                                     metric.cer              val    down
valid/cer_ctc                           metric.cer              val    down
dev_wer                                 metric.wer              val    down
Train-perplexity                        perplexity              train  down
Validation-perplexity                   perplexity              val    down
Train-accuracy                          metric.accuracy         train  up
Validation-accuracy                     metric.accuracy         val    up
Validation-top_k_accuracy_5             metric.top5_accuracy    val    up
mel_loss                                loss.mel                train  down
PER                                     metric.ter              val    down
# boosting
training's binary_logloss               loss                    train  down
valid_1's auc                           metric.auc              val    up
valid_0's l2                            metric.mse              val    down
valid_0's l1                            metric.mae              val    down
validation_0-logloss                    loss                    val    down
validation_1-mlogloss                   loss                    val    down
validation_0-rmse                       metric.rmse             val    down
train-rmse                              metric.rmse             train  down
eval-auc                                metric.auc              val    up
test-merror                             metric.error            test   down
train-mlogloss                          loss                    train  down
valid_0's ndcg@5                        metric.ndcg_5           val    up
test-aucpr                              metric.ap               test   up
train-error                             metric.error            train  down
# reinforcement learning
rollout/ep_rew_mean                     reward                  train  up
rollout/ep_len_mean                     unknown                 -      none
train/value_loss                        loss.value              train  down
train/policy_gradient_loss              loss.policy             train  down
train/entropy_loss                      loss.entropy            train  down
train/approx_kl                         unknown                 train  none
train/clip_fraction                     unknown                 train  none
train/explained_variance                unknown                 train  none
time/fps                                throughput              -      none
episode_reward_mean                     reward                  train  up
episode_reward_max                      unknown                 -      none
episode_reward_min                      unknown                 -      none
eprewmean                               reward                  train  up
AverageEpRet                            reward                  train  up
EpRet                                   reward                  train  up
charts/episodic_return                  reward                  train  up
avg_reward_last_100                     reward         train  up
mean reward (last 50 episodes)          reward                  train  up
last_reward                             unknown                 -      none
sec/kimg                                step_time               -      none
fid10k                                  metric.fid              val    down
losses/policy_loss                      loss.policy             train  down
eval/mean_reward                        reward                  val    up
episode_reward                          reward                  train  up
mean_100_episode_reward                 reward                  train  up
success_rate                            metric.success_rate     ?      up
q_loss                                  loss.value              train  down
actor_loss                              loss.policy             train  down
# generative
loss_G                                  loss.generator          train  down
loss_D                                  loss.discriminator      train  down
G_loss                                  loss.generator          train  down
gen_loss                                loss.generator          train  down
disc_loss                               loss.discriminator      train  down
generator/loss                          loss.generator          train  down
D_GAN                                   unknown                 -      none
cycle_loss                              loss.cycle              train  down
recon_loss                              loss.reconstruction     train  down
kl_loss                                 loss.kl                 train  down
loss/kld                                loss.kl                 train  down
FID                                     metric.fid              val    down
PSNR                                    metric.psnr             ?      up
val/ssim                                metric.ssim             val    up
lpips                                   metric.fid              val    down
elbo                                    metric.log_likelihood   ?      up
neg_elbo                                loss                    train  down
perceptual_loss                         loss.perceptual         train  down
# recommender, ranking, retrieval
hit_rate@10                             metric.hit_rate_10      val    up
HR@10                                   metric.hit_rate_10      val    up
NDCG@10                                 metric.ndcg_10          val    up
Recall@20                               metric.recall_20        ?      up
MRR                                     metric.mrr              val    up
GAUC                                    metric.auc              ?      up
# others
mbox_loss                               loss.mbox               train  down
Test net output #0: accuracy            metric.accuracy         test   up
Train net output #0: loss               loss                    train  down
Test net output #1: loss                loss                    test   down
avg loss                                loss                    train  down
Region Avg IOU                          metric.iou              ?      up
objective/train                         loss                    train  down
cost                                    loss                    train  down
Cost                                    loss                    train  down
time cost                               step_time               -      none
img/s                                   throughput              -      none
images/sec                              throughput              -      none
examples_per_second                     throughput              -      none
global_step/sec                         throughput              -      none
s/it                                    step_time               -      none
step_time                               step_time               -      none
batch_time                              step_time               -      none
data loading time                       data_time               -      none
reader_cost                             data_time               -      none
batch_cost                              step_time               -      none
ips                                     throughput              -      none
update_ratio                            update_ratio            -      none
weight_norm                             weight_norm             -      none
best_val_loss                           unknown                 val    none
best_acc                                unknown                 -      none
val_loss_min                            unknown                 val    none
max_accuracy                            unknown                 -      none
loss_std                                unknown                 -      none
loss_weight                             unknown                 -      none
weight_decay                            unknown                 -      none
momentum                                unknown                 -      none
batch_size                              unknown                 -      none
epoch                                   unknown                 -      none
seed                                    unknown                 -      none
R2                                      metric.r2               ?      up
val_r2_score                            metric.r2               val    up
cohen_kappa                             metric.correlation      ?      up
val/mcc                                 metric.correlation      val    up
balanced_accuracy                       metric.class_accuracy   ?      up
jaccard                                 metric.iou              ?      up
EER                                     metric.equal_error_rate val    down
test/auroc                              metric.auc              test   up
ENTS_F                                  metric.f1               ?      up
LAS                                     metric.parsing          val    up
LOSS NER                                loss.ner                train  down
LOSS TOK2VEC                            loss.ner                train  down
SCORE                                   metric.score            val    up
train_mean_iou                          metric.iou              train  up
val/pixel_accuracy                      metric.accuracy         val    up
MAPE                                    metric.mape             ?      down
smape                                   metric.mape             ?      down
"""
ROWS = [tuple(line.rsplit(maxsplit=3)) for line in TABLE.strip().splitlines() if not line.startswith("#")]


def curve(name: str, values: object = 20, **more: object) -> Series:
    points = np.linspace(3.0, 1.0, values) if isinstance(values, int) else np.asarray(values, dtype=float)
    more["step"] = np.asarray(more.get("step", np.arange(len(points))), dtype=float)
    return Series(name, points, np.arange(len(points)), **more)  # type: ignore[arg-type]


def run_of(*series: Series, **more: object) -> Run:
    return assign(Run("r", "r", series=series, **more))  # type: ignore[arg-type]


def roles_of(*names: str, **more: object) -> dict[str, str]:
    return {one.name: one.role.place for one in run_of(*(curve(name, **more) for name in names)).series}


def test_the_table_is_long_enough() -> None:
    assert len({row[0] for row in ROWS}) >= 250


@pytest.mark.parametrize(("name", "role", "split", "direction"), ROWS, ids=[row[0] for row in ROWS])
def test_a_name_alone_in_a_run_is_known(name: str, role: str, split: str, direction: str) -> None:
    found = run_of(curve(name)).series[0].role
    assert (found.name, found.direction) == (role, direction)
    if split != "?":
        assert (found.split or "-") == split
    assert found.why


def test_the_company_tells_the_split_of_bare_names() -> None:
    assert roles_of("loss", "val_loss", "accuracy", "val_accuracy")["accuracy"] == "train/metric.accuracy"
    assert roles_of("train_acc", "acc")["acc"] == "val/metric.accuracy"
    assert roles_of("train_loss", "val_loss", "acc")["acc"] == "val/metric.accuracy"
    rare = run_of(curve("loss", 100), curve("accuracy", 10))
    assert rare.series[1].role.place == "val/metric.accuracy"
    often = run_of(curve("loss", 100), curve("accuracy", 100))
    assert often.series[1].role.place == "train/metric.accuracy"
    assert run_of(curve("accuracy")).series[0].role.split is None


def test_what_the_format_says_of_the_split_is_kept_and_a_held_out_name_is_nearer() -> None:
    assert run_of(curve("epoch_loss", split="val")).series[0].role.place == "val/loss"
    assert run_of(curve("val_loss", split="train")).series[0].role.place == "val/loss"
    assert run_of(curve("loss", split="test")).series[0].role.place == "test/loss"


def test_six_evaluation_sets_are_six_datasets_and_known_parts_are_components() -> None:
    names = [f"eval_g{i}_loss" for i in range(6)]
    run = run_of(curve("loss"), *(curve(name) for name in names), curve("val/box_loss"))
    by_name = {one.name: one.role for one in run.series}
    assert {by_name[name].dataset for name in names} == {f"g{i}" for i in range(6)}
    assert {by_name[name].name for name in names} == {"loss"}
    assert by_name["val/box_loss"].name == "loss.box"
    shared = run_of(curve("loss"), curve("train_aaa_loss"), curve("val_aaa_loss"))
    assert [one.role.name for one in shared.series] == ["loss", "loss.aaa", "loss.aaa"]
    assert run_of(curve("valid_0's auc"), curve("valid_1's auc")).series[1].role.dataset == "1"


def test_the_words_before_all_losses_are_no_component() -> None:
    found = roles_of("info/learner/default_policy/total_loss", "info/learner/default_policy/vf_loss")
    assert list(found.values()) == ["train/loss", "train/loss.value"]


def test_adversarial_losses_are_left_alone_and_others_are_not() -> None:
    gan = run_of(curve("loss_G"), curve("loss_D"), curve("FID"))
    assert gan.traits == {"adversarial"}
    assert [one.role.direction for one in gan.series] == ["none", "none", "down"]
    errors = run_of(curve("Err_G"), curve("Err_D"), curve("err_top1"))
    assert [one.role.direction for one in errors.series] == ["none", "none", "down"]
    plain = run_of(curve("loss_cls"), curve("loss_box"))
    assert not plain.traits
    assert {one.role.direction for one in plain.series} == {"down"}


def test_a_smooth_l1_is_a_loss_and_no_average_of_another() -> None:
    name = parse("Train-SmoothL1")
    assert (name.quantity, name.component, name.split, name.average) == ("loss", "smooth_l1", "train", False)


def test_a_plain_reward_is_judged_before_discounted_and_intrinsic_ones() -> None:
    run = run_of(curve("episode_reward"), curve("input_info/discounted_rewards"), curve("mean_int_reward"))
    assert [one.name for one in resolve("*/reward", run)] == ["episode_reward"]


def test_reinforcement_losses_are_left_alone_and_the_reward_is_judged() -> None:
    ppo = run_of(curve("train/value_loss"), curve("train/policy_gradient_loss"), curve("rollout/ep_rew_mean"))
    assert ppo.traits == {"reinforcement"}
    assert [one.role.direction for one in ppo.series] == ["none", "none", "up"]
    quiet = run_of(curve("policy_loss"), curve("value_loss"), curve("approx_kl"))
    assert quiet.traits == {"reinforcement"}
    dpo = run_of(curve("train/loss"), curve("rewards/chosen"), curve("rewards/rejected"), curve("rewards/margins"))
    assert not dpo.traits


def test_boosting_is_known_by_its_framework() -> None:
    assert run_of(curve("train-rmse"), sources=(Source("a.txt", "text", "xgboost"),)).traits == {"boosting"}


def test_a_name_that_only_says_a_split_is_its_loss_or_its_score() -> None:
    falling = run_of(curve("learn"), curve("test"))
    assert [one.role.place for one in falling.series] == ["train/loss", "test/loss"]
    rising = run_of(curve("learn", np.linspace(0.5, 0.9, 20)))
    assert rising.series[0].role.place == "train/metric.score"


def test_the_users_roles_go_first() -> None:
    user = (UserRole("^zeta$", "metric.accuracy", split="val"), UserRole("loss$", direction="none"))
    run = assign(Run("r", "r", series=(curve("zeta"), curve("box_loss"))), user)
    assert (run.series[0].role.place, run.series[0].role.direction) == ("val/metric.accuracy", "up")
    assert (run.series[1].role.name, run.series[1].role.direction) == ("loss.box", "none")
    assert "your own role" in run.series[0].role.why


# ---------------------------------------------------------------- objective and inputs


def found(run: Run, split: str = "train") -> Objective:
    chosen = objective([attempt_of(one, 0) for one in run.series], split)  # type: ignore[arg-type]
    assert isinstance(chosen, Objective), chosen
    return chosen


def test_the_total_loss_is_the_objective_before_its_parts() -> None:
    chosen = found(run_of(curve("loss_box"), curve("loss"), curve("loss_cls")))
    assert [one.name for one in chosen.series] == ["loss"]
    assert not chosen.mirrored


def test_without_a_total_the_parts_are_summed_where_all_are_present() -> None:
    box = curve("train/box_loss", [3.0, 2.0, 1.0], step=[1.0, 2.0, 3.0])
    cls = curve("train/cls_loss", [30.0, 20.0], step=[2.0, 3.0])
    chosen = found(run_of(box, cls))
    np.testing.assert_array_equal(chosen.values, [32.0, 21.0])
    np.testing.assert_array_equal(chosen.series[0].step, [2.0, 3.0])


def test_then_perplexity_then_an_error_then_a_mirrored_metric_or_reward() -> None:
    assert found(run_of(curve("train_ppl"), curve("train_err"))).series[0].name == "train_ppl"
    assert found(run_of(curve("train_acc"), curve("train_err"))).series[0].name == "train_err"
    accuracy = found(run_of(curve("train_acc", [0.1, 0.5])))
    assert accuracy.mirrored
    np.testing.assert_array_equal(accuracy.values, [-0.1, -0.5])
    assert found(run_of(curve("value_loss"), curve("ep_rew_mean"))).mirrored


def test_raw_before_running_and_per_step_before_per_epoch_and_never_validation() -> None:
    assert found(run_of(curve("running_loss", 50), curve("loss", 50))).series[0].name == "loss"
    assert found(run_of(curve("train_loss_epoch", 5), curve("train_loss_step", 50))).series[0].name == "train_loss_step"
    assert isinstance(objective(run_of(curve("val_loss")).series), NoObjective)


def test_adversarial_losses_alone_give_no_objective_and_say_so() -> None:
    reason = objective(run_of(curve("loss_G"), curve("loss_D")).series)
    assert isinstance(reason, NoObjective)
    assert "loss_D" in reason.reason


def test_input_patterns_select_by_split_and_role() -> None:
    run = run_of(
        curve("loss"), curve("val_loss"), curve("val_acc"), curve("acc"), curve("lr"), curve("loss_box"), curve("grad_norm")
    )

    def names(pattern: str) -> set[str]:
        return {one.name for one in resolve(pattern, run)}

    assert names("val/loss") == {"val_loss"}
    assert names("*/loss") == names("any/loss") == {"loss", "val_loss"}
    assert names("*/loss*") == {"loss", "val_loss", "loss_box"}
    assert names("val/metric?") == {"val_acc"}
    assert names("train/metric.accuracy") == {"acc"}
    assert names("learning_rate") == {"lr"}
    assert names("gradient_norm?") == {"grad_norm"}
    assert names("train/objective") == {"loss"}
    assert names("reward?") == set()


def test_a_test_set_stands_in_for_a_missing_validation_set() -> None:
    assert [one.name for one in resolve("val/loss", run_of(curve("train loss"), curve("test loss")))] == ["test loss"]
    both = run_of(curve("train loss"), curve("test loss"), curve("val loss"))
    assert [one.name for one in resolve("val/loss", both)] == ["val loss"]


def test_of_one_curves_versions_the_raw_and_finer_is_taken_in_training_and_the_epochs_in_validation() -> None:
    run = run_of(curve("val_loss_step", 50), curve("val_loss_epoch", 5), curve("train_loss_step", 50), curve("train_loss_epoch", 5))
    assert [one.name for one in resolve("val/loss", run)] == ["val_loss_epoch"]
    assert [one.name for one in resolve("train/loss", run)] == ["train_loss_step"]
    averaged = run_of(curve("loss", 50), curve("loss_avg", 50))
    assert [one.name for one in resolve("train/loss", averaged)] == ["loss"]
    broken = run_of(curve("loss", 50), curve("loss_avg", [math.nan] * 50))
    assert [one.name for one in resolve("train/loss", broken)] == ["loss", "loss_avg"]


def test_only_the_asked_attempt_is_given_without_superseded_points() -> None:
    attempt = np.array([0, 0, 0, 1, 1])
    again = np.array([False, True, False, False, False])
    run = run_of(curve("loss", [5.0, 4.0, 3.0, 2.0, 1.0], attempt=attempt, superseded=again))
    np.testing.assert_array_equal(resolve("train/loss", run)[0].values, [5.0, 3.0])
    np.testing.assert_array_equal(resolve("train/loss", run, 1)[0].values, [2.0, 1.0])


# ---------------------------------------------------------------- properties


@given(st.text(max_size=60))
def test_any_text_is_a_name_and_has_a_role_of_the_closed_list(name: str) -> None:
    role = run_of(curve(name, 3)).series[0].role
    assert role.quantity in QUANTITIES
    assert role.direction in ("down", "up", "none")


@given(st.sampled_from([row[0] for row in ROWS]))
def test_case_and_separators_do_not_matter_where_capitals_cut_nothing(name: str) -> None:
    plain = name.lower()
    assert parse(plain.replace("_", " ")).quantity == parse(plain.replace("_", "-")).quantity


def test_no_phrase_of_the_book_is_written_twice() -> None:
    phrases = [(name, role.alone) for role in knowledge().role for name in role.names]
    twice = {phrase for phrase in phrases if phrases.count(phrase) > 1}
    assert not twice


def test_every_phrase_of_the_book_is_written_in_the_words_that_names_are_cut_into() -> None:
    wrong = [
        name
        for role in knowledge().role
        for name in role.names
        if "".join(words_of(name)) != name.replace(" ", "").replace("_", "")
    ]
    assert not wrong


def test_a_curve_that_is_the_sum_of_the_component_losses_is_their_total() -> None:
    box, cls = np.linspace(2, 1, 12), np.linspace(1, 0.5, 12) ** 2
    run = assign(
        Run(
            "r",
            "r",
            series=tuple(
                Series(name, values, np.arange(12), epoch=np.arange(12.0))
                for name, values in (("box_loss", box), ("cls_loss", cls), ("sum", box + cls), ("other", box - cls))
            ),
        )
    )
    roles = {one.name: one.role for one in run.series}
    assert (roles["sum"].place, roles["sum"].direction, roles["sum"].why) == ("train/loss", "down", "it is box_loss + cls_loss")
    assert roles["other"].quantity == "unknown"


def test_a_running_mean_is_told_from_the_raw_curve() -> None:
    run = assign(Run("r", "r", series=tuple(Series(name, np.linspace(2, 1, 12), np.arange(12)) for name in ("loss", "loss_avg"))))
    whys = {one.name: one.role.why for one in run.series}
    assert "a mean over several records" in whys["loss_avg"]
    assert "mean" not in whys["loss"]


# ---------------------------------------------------------------- evaluations carried along


def carried(split: str, values: list[float], epochs: list[float], granularity: str = "step") -> list[float]:
    steps = np.arange(100.0, 100.0 + len(values))
    one = curve("val_loss" if split == "val" else "loss", values, step=steps, epoch=np.array(epochs))
    (series,) = run_of(replace(one, granularity=granularity)).series  # type: ignore[arg-type]
    return attempt_of(series, 0).values.tolist()


def test_a_validation_value_printed_with_every_step_counts_once_for_each_evaluation() -> None:
    values = [0.75] * 8 + [0.625] * 8 + [math.nan] * 8
    assert carried("val", values, [0.0] * 24)[:2] == [0.75, 0.625]
    assert len(carried("val", values, [0.0] * 24)) == 3


def test_what_may_be_evaluated_each_time_is_kept() -> None:
    values = [0.75] * 12
    assert carried("train", values, [0.0] * 12) == values
    assert carried("val", values, [0.0] * 12, "epoch") == values
    assert carried("val", values, list(range(12))) == values
    assert carried("val", [0.75, 0.5] * 6, [0.0] * 12) == [0.75, 0.5] * 6
